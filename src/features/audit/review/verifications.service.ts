import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { isUuid, uuidv7 } from '../../../contract/ids';
import { isUnavailable } from '../../../platform/database/connection';
import { EventBus } from '../../../platform/events/event-bus';
import { CheckpointsStore } from './checkpoints.store';
import { Evidence } from './evidence.service';
import { LogCheck } from './log-check.service';
import { type Listed, type ListRequest, listed } from './page-request';
import { type CheckResult, type Verification, VerificationsStore } from './verifications.store';
import { requireRoot } from './whose';

const PROGRESS_MS = 2_000;
/** How long an answer waits for the result. */
const PATIENCE_MS = 15_000;
const PROBLEMS_KEPT = 100;

/** Runs the checks of the offline verifier over the live log, up to its newest checkpoint. One run at a time in each process. */
@Injectable()
export class Verifications {
  private readonly log = new Logger('Verification');
  private running: { readonly id: string; readonly done: Promise<void> } | undefined;

  constructor(
    private readonly check: LogCheck,
    private readonly store: VerificationsStore,
    private readonly checkpoints: CheckpointsStore,
    private readonly evidence: Evidence,
    private readonly events: EventBus,
  ) {}

  /** @returns how far it is after a while: it goes on by itself. A run that is under way is joined. */
  async run(caller: Caller): Promise<Verification> {
    requireRoot(caller, 'verify the whole log');
    const { id, done } = this.running ?? (await this.start(caller));
    await Promise.race([done, sleep(PATIENCE_MS, undefined, { ref: false })]);
    return this.known(id);
  }

  /**
   * That day's run, unless another process has begun it and still lives.
   * @param isDue otherwise only one that was cut short
   * @returns whether nothing is left of it: resolves when it is over
   */
  async nightly(day: string, isDue: boolean): Promise<boolean> {
    if (this.running) return false;
    const { size } = await this.head();
    const begun = isDue ? await this.begin(undefined, size, day) : undefined;
    const id = begun ?? (await this.store.takeUp(day, size));
    if (id !== undefined) await this.follow(id, undefined, size).done;
    return !(await this.store.isOpen(day));
  }

  async list(caller: Caller, page: ListRequest): Promise<Listed<Verification>> {
    requireRoot(caller, 'see how the whole log verifies');
    const found = listed(await this.store.list(page), page.limit);
    const metadata = { what: 'verifications', count: found.items.length };
    await this.evidence.record(caller, 'audit.query', { metadata });
    return found;
  }

  async find(caller: Caller, id: string): Promise<Verification> {
    requireRoot(caller, 'see how the whole log verifies');
    const found = await this.known(id);
    await this.evidence.record(caller, 'audit.query', { metadata: { what: 'verifications', verification: found.id } });
    return found;
  }

  private async known(id: string): Promise<Verification> {
    const found = isUuid(id) ? await this.store.find(id) : undefined;
    if (!found) throw new GatewayError('not_found', 'There is no such verification');
    return found;
  }

  private async start(caller: Caller): Promise<{ id: string; done: Promise<void> }> {
    const { size } = await this.head();
    return this.follow((await this.begin(caller, size)) as string, caller, size);
  }

  private async head() {
    const head = await this.checkpoints.latest();
    if (!head) throw new GatewayError('audit_unavailable', 'The log has no checkpoint yet', { retryAfter: 1 });
    return head;
  }

  /** @returns undefined when that day's was begun already */
  private async begin(caller: Caller | undefined, size: number, day?: string): Promise<string | undefined> {
    const id = uuidv7();
    return (await this.store.begin(id, caller?.keyId, size, day)) ? id : undefined;
  }

  private follow(id: string, caller: Caller | undefined, size: number): { id: string; done: Promise<void> } {
    const done = this.carryOut(id, caller, size).finally(() => (this.running = undefined));
    done.catch((error: Error) => this.log.error({ err: error }, 'a verification did not end'));
    this.running = { id, done };
    return this.running;
  }

  /** @throws Error when the database went away meanwhile: that says nothing of the log, and leaves the run open, to be begun anew */
  private async carryOut(id: string, caller: Caller | undefined, size: number): Promise<void> {
    const started = performance.now();
    let [checked, told] = [0, Date.now()];
    const progress = async (entries: number) => {
      checked = entries;
      if (Date.now() - told < PROGRESS_MS) return;
      told = Date.now();
      await this.store.progress(id, checked);
    };
    const { problems, firstBad } = await this.check.run(progress).catch((error: Error): CheckResult => {
      if (isUnavailable(error)) throw error;
      this.log.error({ err: error }, 'the log could not be read');
      return { problems: [{ code: 'unreadable', detail: 'The log could not be read to its end' }] };
    });
    const ok = problems.length === 0;
    this.events.emit('review.verified', {
      id,
      ok,
      size,
      ...(firstBad !== undefined && { firstBadIndex: firstBad }),
      ms: performance.now() - started,
    });
    await this.store.end(id, checked, ok, { problems: problems.slice(0, PROBLEMS_KEPT), firstBad });
    const recorded = this.evidence.record(caller, 'audit.verify', {
      metadata: {
        verification: id,
        ok,
        size,
        checked,
        problems: problems.length,
        first_bad_index: firstBad,
        codes: [...new Set(problems.map(({ code }) => code))].slice(0, 20),
      },
    });
    // a log that is not what it was may take no entries: what was found is told all the same
    await recorded.catch((error: Error) => this.log.error({ err: error }, 'a verification could not be recorded'));
  }
}
