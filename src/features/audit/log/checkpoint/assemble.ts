import { join } from 'node:path';
import type { Pool } from 'pg';
import type { AuditSettings } from '../../../../platform/config/audit-settings';
import { auditConnection, auditPool } from '../../../../platform/database/audit-connection';
import type { EventBus } from '../../../../platform/events/event-bus';
import type { Variables } from '../../../../platform/secrets/variables';
import { Anchoring } from '../anchor/anchoring';
import { anchorsOf } from '../anchor/anchors';
import { LeaderDuties, type LeaderDutiesParts, OrphanState } from '../duties/leader-duties';
import { OrphanSearch } from '../duties/orphan-search.store';
import type { Head, HighWater } from '../head/high-water';
import { KeptHead } from '../head/kept-head';
import { checkStart } from '../head/start-check';
import { StateFile } from '../head/state-file';
import type { StoredLogSigner } from '../signing/stored-log-signer';
import type { Troubles } from '../troubles';
import { WitnessClient } from '../witness/witness-client';
import { WitnessedHeads } from '../witness/witnessed-heads';
import { CheckpointLoop } from './checkpoint-loop';
import { Checkpointer } from './checkpointer';
import { Distribution } from './distribution';
import { HeadWatch } from './head-watch';
import type { IsOwn } from './known-writers';
import { Leader } from './leader.store';
import { LogHashes } from './log-hashes';
import { LogReader } from './log-reader.store';
import { RecentBatches } from './recent-batches';
import { WatchResults } from './watch-results';

const WITNESS_MS = 2_000;
const CONNECTIONS = 4;

export interface CheckpointOptions {
  readonly url: string;
  readonly dataDir: string;
  readonly audit: AuditSettings;
  readonly signer: StoredLogSigner;
  readonly highWater: HighWater;
  readonly troubles: Troubles;
  readonly events: EventBus;
  readonly variables: Variables;
  /** No call lasts longer. */
  readonly longestCallMs: () => number;
  /** Where the newest checkpoint is also kept. */
  readonly shared: { read(): Promise<Head | undefined>; write(note: string): Promise<void> };
  readonly owner: Pick<LeaderDutiesParts, 'ownWriter' | 'write'> & { readonly isOwn: IsOwn };
}

export interface Checkpointing {
  readonly pool: Pool;
  readonly reader: LogReader;
  readonly hashes: LogHashes;
  readonly watch: HeadWatch;
  readonly recent: RecentBatches;
  readonly loop: CheckpointLoop;
  /** @throws LogRegressedError */
  check(): Promise<void>;
}

/** Everything around checkpoints that one process needs. */
export function assembleCheckpoints(options: CheckpointOptions): Checkpointing {
  const { url, dataDir, audit, signer, highWater, events, shared, owner } = options;
  const { epoch } = signer.name;
  const pool = auditPool(url, 'checkpointer', 'audit-checkpoint', CONNECTIONS);
  const reader = new LogReader(pool);
  const hashes = new LogHashes(reader);
  const recent = new RecentBatches();
  const results = new WatchResults(events);
  const signed = new StateFile(join(dataDir, 'audit-signed.json'), KeptHead);
  const watched = audit.witnesses.map(({ vkey }) => vkey);
  const { requireWitness } = audit;
  const watch = new HeadWatch({
    log: signer,
    epoch,
    reader,
    hashes,
    highWater,
    recent,
    witnesses: watched,
    requireWitness,
  });
  const duties = new LeaderDuties({
    log: signer.name.origin,
    reader,
    orphans: new OrphanSearch(pool),
    state: new StateFile(join(dataDir, 'audit-orphans.json'), OrphanState),
    heartbeatMs: audit.heartbeatSeconds * 1_000,
    longestCallMs: options.longestCallMs,
    ...owner,
  });
  const leader = new Leader({
    connect: () => auditConnection(url, 'checkpointer', 'audit-leader'),
    takeUp: (publisher) =>
      Checkpointer.takeUp({
        signer,
        epoch,
        reader,
        publisher,
        signed,
        isOwn: owner.isOwn,
        onBatch: (batch) => duties.heard(batch),
      }),
    budgetMs: audit.checkpointMs,
  });
  const onResult = (what: string, error?: Error): void => results.report(what, error);
  const witnesses = audit.witnesses.map((witness) => new WitnessClient(witness, WITNESS_MS));
  const witnessed = new WitnessedHeads({ witnesses, signer, reader, hashes, troubles: options.troubles });
  const distribution = new Distribution({
    witnesses,
    refused: (witness) => witnessed.compare(witness),
    anchoring: new Anchoring(anchorsOf(audit.anchors, audit.retentionMonths, options.variables), {
      everyMs: audit.anchorSeconds * 1_000,
      onResult,
    }),
    prove: (old, size) => hashes.prove(old, size),
    cosigned: async (size, line) => leader.publisher?.cosign(epoch, size, line),
    published: (note) => shared.write(note),
    onResult,
  });
  const loop = new CheckpointLoop({
    leader,
    watch,
    distribution,
    duties,
    recent,
    troubles: options.troubles,
    results,
    everyMs: audit.checkpointMs,
    maxAgeMs: audit.maxUncheckpointedSeconds * 1_000,
    requireWitness,
    onSeen: ({ head, witnesses }) =>
      events.emit('audit.checkpoint', { size: head.size, cosignatures: witnesses.length }),
    onAge: (ms) => events.emit('audit.age', { seconds: ms / 1_000 }),
  });
  const check = async (): Promise<void> => {
    const other = await shared.read();
    const last = signed.read();
    const mine = last && { ...last, root: Buffer.from(last.root, 'base64') };
    const others = [...(mine ? [mine] : []), ...(other ? [other] : []), ...(await witnessed.all())];
    await checkStart({ signer, epoch, reader, hashes, highWater, others });
  };
  return { pool, reader, hashes, watch, recent, loop, check };
}
