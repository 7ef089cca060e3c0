import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../contract/canonical-json';
import type { Caller } from '../contract/caller';
import { GatewayError } from '../contract/errors';
import { uuidv7 } from '../contract/ids';
import type { Json } from '../contract/json';
import { Acts } from '../features/audit';
import {
  Backlogs,
  JobReader,
  JobSeal,
  type JobFacts,
  JobSignals,
  JobSubmissions,
  secondsToStart,
  type Submission,
} from '../features/jobs';
import { KeyRing } from '../features/tenancy';
import { Config } from '../platform/config/config';
import { EventBus } from '../platform/events/event-bus';
import { JobFunding } from './job-funding.service';
import { JobKinds } from './job-kinds';
import { JobPersons } from './job-persons.service';
import { WebhookTargets } from './webhook-targets.service';

const LONGEST_WAIT_SECONDS = 3_600;
/** Nobody is refused because of figures that are older than this. */
const REFUSAL_AGE_MS = 50;
/** A hold outlives its job by so much, when nobody ends it. */
const GRACE_SECONDS = 120;

/** A job as a caller hands it in. */
export interface JobDraft extends Omit<Submission, 'input' | 'ttlSeconds'> {
  /** A new one when absent. */
  readonly id?: string;
  readonly type: string;
  readonly input: Json;
  /** Higher is sooner. */
  readonly priority: number;
  /** At once when absent. */
  readonly runAt?: Date | undefined;
  /** How long after `runAt` it must have ended; the configured time when absent. */
  readonly ttlSeconds?: number | undefined;
  /** False: nothing is held for it. Its calls are held to every budget when they are made. */
  readonly funded?: boolean;
  /** Repeating the submission under this name makes no second job. */
  readonly idempotencyKey?: string | undefined;
}

export interface TakenIn {
  readonly job: JobFacts;
  /** The job of an earlier submission of that name. */
  readonly repeated: boolean;
}

/** What callers do with jobs: hand them in, stop them, have them tried again. Each is on record before it is done. */
@Injectable()
export class JobIntake {
  // prettier-ignore
  constructor(
    private readonly config: Config, private readonly kinds: JobKinds, private readonly submissions: JobSubmissions,
    private readonly reader: JobReader, private readonly backlogs: Backlogs, private readonly funding: JobFunding,
    private readonly seal: JobSeal, private readonly signals: JobSignals, private readonly acts: Acts,
    private readonly ring: KeyRing, private readonly events: EventBus, private readonly webhooks: WebhookTargets,
    private readonly persons: JobPersons,
  ) {}

  /**
   * Takes a job in: checked, within the bounds of the queue, paid for.
   * @throws GatewayError `invalid_request`; `rate_limited` when too much waits already; `budget_exhausted`; `model_not_found`,
   *   `model_not_allowed`; `idempotency_conflict` when the name stands for another job; `audit_unavailable`, `storage_unavailable`
   */
  async submit(caller: Caller, draft: JobDraft): Promise<TakenIn> {
    const {
      id = uuidv7(),
      type,
      input,
      priority,
      runAt = new Date(),
      ttlSeconds,
      idempotencyKey,
      funded = true,
      ...rest
    } = draft;
    const kind = this.kinds.of(type);
    const parsed = kind.parse(input);
    const seconds = this.ttlOf(ttlSeconds);
    this.checkStart(runAt);
    const { tenantId, keyId } = caller;
    const named = idempotencyKey === undefined ? undefined : this.nameOf(caller, idempotencyKey, draft);
    const known = await this.submissions.named(tenantId, named);
    if (known) return known.kind === 'known' ? { job: known.job, repeated: true } : conflict();
    if (rest.webhook) await this.webhooks.check(tenantId, rest.webhook);
    await this.checkRoom(tenantId);
    const hold = funded ? await this.funding.plan(caller, rest, await kind.estimate(parsed, tenantId)) : undefined;
    const persons = await this.persons.of(tenantId, kind, parsed, rest.user);
    const start = Math.max(runAt.getTime(), Date.now());
    const expiresAt = new Date(start + seconds * 1_000);
    const job = { id, tenantId, keyId, type: kind.type, priority, runAt: new Date(start), expiresAt };
    const submission: Submission = { ...rest, input, ttlSeconds: seconds };
    const holdSeconds = (expiresAt.getTime() - Date.now()) / 1_000 + GRACE_SECONDS;
    const act = { event: 'job.submit', metadata: { target: id, type: kind.type, priority } } as const;
    const submitted = await this.acts.perform(caller, act, () =>
      this.submissions.submit(
        { ...job, submission, persons, ...(named && { named }) },
        hold && ((client) => hold(client, { id, n: 0, seconds: holdSeconds })),
      ),
    );
    if (submitted.kind === 'conflict') return conflict();
    if (submitted.kind === 'made') this.backlogs.add(tenantId);
    return { job: submitted.job, repeated: submitted.kind === 'known' };
  }

  /**
   * Stops a job wherever it is; the call that it makes is cut. One that has ended stays as it is.
   * @returns the job as it is then
   */
  async cancel(caller: Caller, job: JobFacts): Promise<JobFacts> {
    const act = { event: 'job.cancel', tenant: job.tenantId, metadata: { target: job.id, type: job.type } } as const;
    const cancelled = await this.acts.perform(caller, act, () => this.submissions.cancel(job.id));
    if (!cancelled) return (await this.reader.find(job.id)) ?? job;
    this.signals.tell(job.id, true);
    this.events.emit('job.finished', { type: job.type, status: 'cancelled' });
    return cancelled;
  }

  /**
   * Once more, for a job that ended without a result: what its steps gave so far is kept.
   * @throws GatewayError `conflict` when it did not end so; `rate_limited`, `budget_exhausted` as at its submission
   */
  async retry(caller: Caller, job: JobFacts): Promise<JobFacts> {
    const found = await this.reader.submissionOf(job.id);
    if (!found) throw notRetried(job);
    await this.checkRoom(job.tenantId);
    const { submission } = found;
    const kind = this.kinds.of(job.type);
    const submitter = await this.ring.callerOf(job.keyId);
    const estimates = await kind.estimate(kind.parse(submission.input), job.tenantId);
    const hold = await this.funding.plan(submitter, submission, estimates);
    const expiresAt = new Date(Date.now() + submission.ttlSeconds * 1_000);
    const act = { event: 'job.retry', tenant: job.tenantId, metadata: { target: job.id, type: job.type } } as const;
    const retried = await this.acts.perform(caller, act, () =>
      this.submissions.retry(
        job.id,
        expiresAt,
        hold &&
          ((client, { id, attempt }) =>
            hold(client, { id, n: attempt, seconds: submission.ttlSeconds + GRACE_SECONDS })),
      ),
    );
    if (!retried) throw notRetried(job);
    this.signals.tell(job.id);
    return retried;
  }

  private nameOf({ tenantId, keyId }: Caller, idempotencyKey: string, draft: JobDraft) {
    const { type, input, priority, runAt, ttlSeconds, webhook, funded } = draft;
    // when there will be room for an unfunded one is not for its caller to say
    const start = funded === false ? undefined : runAt?.toISOString();
    const asked = canonicalJson({ type, input, priority, runAt: start, ttlSeconds, webhook });
    return {
      key: this.seal.submitKey(tenantId, keyId, idempotencyKey),
      body: this.seal.submitBody(tenantId, asked),
    };
  }

  private ttlOf(asked: number | undefined): number {
    const { ttlSeconds, maxTtlSeconds } = this.config.jobs;
    if (asked !== undefined && asked > maxTtlSeconds)
      throw new GatewayError('invalid_request', `ttl_seconds: at most ${maxTtlSeconds}`, { param: 'ttl_seconds' });
    return asked ?? Math.min(ttlSeconds, maxTtlSeconds);
  }

  private checkStart(runAt: Date): void {
    const { maxDelaySeconds } = this.config.jobs;
    if (runAt.getTime() > Date.now() + maxDelaySeconds * 1_000)
      throw new GatewayError('invalid_request', `run_at: at most ${maxDelaySeconds} seconds ahead`, {
        param: 'run_at',
      });
  }

  /** @throws GatewayError `rate_limited` with when there may be room */
  private async checkRoom(tenantId: string): Promise<void> {
    const full = (await this.overfull(tenantId)) && (await this.overfull(tenantId, REFUSAL_AGE_MS));
    if (!full) return;
    const { scope, limit, waiting } = full;
    const eta = Math.ceil(secondsToStart(await this.backlogs.now()));
    const whose = scope === 'tenant' ? 'of this tenant ' : '';
    throw new GatewayError('rate_limited', `${waiting} jobs ${whose}wait already; at most ${limit} may`, {
      retryAfter: Math.min(Math.max(1, eta), LONGEST_WAIT_SECONDS),
      details: { scope, limit, unit: 'queued jobs', eta_seconds: eta },
    });
  }

  private async overfull(tenantId: string, ageMs?: number) {
    const { queued, tenantQueued } = this.config.jobs;
    const { own, all } = await this.backlogs.waiting(tenantId, ageMs);
    if (own >= tenantQueued) return { scope: 'tenant', limit: tenantQueued, waiting: own };
    return all >= queued ? { scope: 'queue', limit: queued, waiting: all } : undefined;
  }
}

function conflict(): never {
  throw new GatewayError('idempotency_conflict', 'The idempotency key names another job', { param: 'idempotency-key' });
}

function notRetried({ status }: JobFacts): GatewayError {
  return new GatewayError('conflict', `A job that is ${status} is not retried`);
}
