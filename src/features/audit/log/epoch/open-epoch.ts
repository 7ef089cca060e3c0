import type { Draft } from '../../audit-log';
import { encodeBase64 } from '../../format/base64';
import { parseOrigin } from '../../format/epoch';
import type { AuditKeys } from '../../keys/audit-keys';
import { auditConnection, auditPool } from '../../../../platform/database/audit-connection';
import { DatabaseDevice } from '../append/database-device.store';
import { LogWriter } from '../append/log-writer';
import { ForkError } from '../checkpoint/fork-error';
import { LogReader } from '../checkpoint/log-reader.store';
import { LogTree } from '../checkpoint/log-tree';
import { Publisher } from '../checkpoint/publisher.store';
import { signCheckpoint, verifyStored } from '../checkpoint/signed-checkpoint';
import type { Head, HighWater } from '../head/high-water';
import type { KeptHead } from '../head/kept-head';
import type { LogName } from '../head/log-name';
import { openLog } from '../head/log-name.store';
import type { StateFile } from '../head/state-file';
import { SigningKeyRows } from '../signing/signing-key-rows.store';
import { StoredLogSigner } from '../signing/stored-log-signer';
import { Troubles } from '../troubles';
import { beginEpoch, holdLeadership } from './epoch.store';

export interface EpochOptions {
  /** Of somebody who governs the database. */
  readonly adminUrl: string;
  readonly url: string;
  readonly keys: AuditKeys;
  readonly highWater: HighWater;
  readonly signed: StateFile<KeptHead>;
  /** What else is known of the log. */
  readonly shared?: { read(): Promise<Head | undefined>; write(note: string): Promise<void> };
  readonly reason: string;
}

export interface OpenedEpoch {
  readonly origin: string;
  readonly lost: Head;
  readonly found: Head;
  readonly checkpoint: string;
}

const APPEND_MS = 10_000;

/**
 * The log goes on after a restore, under another name, and says first what was there before and what was found.
 * @throws when a gateway still runs on the database, or when what was found is not a log
 */
export async function openEpoch(options: EpochOptions): Promise<OpenedEpoch> {
  const { adminUrl, url, keys, highWater, signed, shared } = options;
  const admin = await auditConnection(adminUrl, 'checkpointer', 'audit-epoch');
  const pool = auditPool(url, 'checkpointer', 'audit-epoch-read', 2);
  try {
    await holdLeadership(admin);
    const reader = new LogReader(pool);
    const name = await openLog(url, undefined);
    const before = await signerOf(keys, name);
    const marks = await marksOf(highWater, signed, shared);
    const { tree, head } = await findTree(name, before, reader);
    while (await tree.extend(reader));
    const found: Head = { origin: before.origin, size: tree.size, root: tree.root() };
    const lost = largest(marks.filter(({ origin }) => origin === before.origin)) ?? head ?? found;
    const epoch = 1 + Math.max(name.epoch, ...marks.map(({ origin }) => parseOrigin(origin).epoch));

    // keys that were announced in entries that are gone
    await new SigningKeyRows(keys.database, name.origin).unannounce(found.size);
    await beginEpoch(admin, name.epoch, epoch);
    const signer = await signerOf(keys, { ...name, epoch });
    await append(url, keys, signer, discontinuity(lost, found, largest(marks), options.reason));
    while (await tree.extend(reader));
    const opened: Head = { origin: signer.origin, size: tree.size, root: tree.root() };
    await signed.write({ ...opened, root: encodeBase64(opened.root) });
    const checkpoint = signCheckpoint(opened, signer);
    await new Publisher(admin).publish(opened.size, opened.root, checkpoint, tree.takeTiles());
    await highWater.reset(opened);
    await shared?.write(checkpoint);
    return { origin: signer.origin, lost, found, checkpoint };
  } finally {
    await pool.end();
    await admin.end();
  }
}

async function signerOf({ database, keks }: AuditKeys, name: LogName): Promise<StoredLogSigner> {
  const signer = new StoredLogSigner(new SigningKeyRows(database, name.origin), keks, name);
  await signer.open();
  return signer;
}

/** Everything that this data folder, and whoever shares it, has seen of the log. */
async function marksOf(
  highWater: HighWater,
  signed: StateFile<KeptHead>,
  shared: EpochOptions['shared'],
): Promise<Head[]> {
  const [kept, last, other] = [highWater.load(), signed.read(), await shared?.read()];
  const mine = last && { ...last, root: Buffer.from(last.root, 'base64') };
  return [kept, mine, other].filter((mark) => mark !== undefined);
}

function largest(marks: readonly Head[]): Head | undefined {
  const rank = ({ origin, size }: Head): number => parseOrigin(origin).epoch * 2 ** 40 + size;
  return marks.length ? marks.reduce((a, b) => (rank(b) > rank(a) ? b : a)) : undefined;
}

/** The newest tree that was signed and is still there; from nothing when that is not so. */
async function findTree(
  { epoch }: LogName,
  signer: StoredLogSigner,
  reader: LogReader,
): Promise<{ readonly tree: LogTree; readonly head: Head | undefined }> {
  const stored = await reader.newestCheckpoint(epoch);
  if (!stored) return { tree: LogTree.empty(), head: undefined };
  try {
    const head = verifyStored(stored, signer.origin, signer.vkeys);
    const tree = await LogTree.restore(head.size, reader);
    if (tree.root().equals(head.root)) return { tree, head };
  } catch (error) {
    if (!(error instanceof ForkError)) throw error;
  }
  return { tree: LogTree.empty(), head: undefined };
}

function discontinuity(lost: Head, found: Head, seen: Head | undefined, reason: string): Draft {
  const metadata = {
    old_origin: lost.origin,
    old_size: lost.size,
    old_root: encodeBase64(lost.root),
    found_size: found.size,
    found_root: encodeBase64(found.root),
    ...(seen &&
      seen !== lost && { seen_origin: seen.origin, seen_size: seen.size, seen_root: encodeBase64(seen.root) }),
  };
  return { facts: { event: 'log.discontinuity', metadata }, payload: { reason } };
}

async function append(url: string, keys: AuditKeys, signer: StoredLogSigner, draft: Draft): Promise<void> {
  const device = new DatabaseDevice({ connect: () => auditConnection(url, 'writer', 'audit-append') });
  const writer = new LogWriter({
    signer,
    keys: keys.dataKeys,
    device,
    troubles: new Troubles(),
    bounds: { entries: 10, bytes: 1_048_576 },
    appendMs: APPEND_MS,
    away: () => false,
    floor: () => 0,
    heartbeatMs: 0,
  });
  try {
    await writer.open(draft);
    await writer.close(APPEND_MS);
  } finally {
    await device.close();
  }
}
