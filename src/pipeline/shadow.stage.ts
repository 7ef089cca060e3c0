import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Candidate, ConformingCall, Handler } from '../contract/call';
import { type ErrorCode, GatewayError } from '../contract/errors';
import type { ShadowOutcome } from '../contract/events';
import { NO_USAGE, type Reply, type Usage } from '../contract/reply';
import { settled } from '../contract/settle';
import { Stage } from '../contract/stage';
import { PriceBook } from '../features/cost';
import { answerOverlap, ModelRegistry, ModelTable, ShadowCalls, ShadowLine, type Took } from '../features/models';
import type { Shadow } from '../platform/config/models';
import { EventBus } from '../platform/events/event-bus';
import { KeyedHash } from '../platform/secrets/keyed-hash';
import { HeardAnswer } from './heard-answer';
import { ShadowedCalls } from './shadowed-calls.service';

/** Shadows that wait for one of their line to end; beyond it they are left out. */
const WAITING = 32;
const HASHED = 2 ** 32;
/** Failures of ours: they say nothing about the model. */
const UNASKED: ReadonlySet<ErrorCode> = new Set(['audit_unavailable', 'storage_unavailable', 'internal']);

interface Meant {
  /** The alias or model whose shadow it is. */
  readonly subject: string;
  readonly shadow: Shadow;
}

/** Sends a share of what a model answered to another model too, after the caller has its answer, and compares the two. */
@Injectable()
export class ShadowStage extends Stage<ConformingCall, ConformingCall> implements OnApplicationShutdown {
  private readonly line = new ShadowLine(WAITING);
  private readonly stop = new AbortController();

  // prettier-ignore
  constructor(
    private readonly table: ModelTable, private readonly models: ModelRegistry, private readonly calls: ShadowedCalls,
    private readonly store: ShadowCalls, private readonly prices: PriceBook, private readonly hash: KeyedHash,
    private readonly events: EventBus,
  ) {
    super();
  }

  onApplicationShutdown(): void {
    this.stop.abort(new GatewayError('client_closed', 'The gateway is stopping'));
  }

  override wrap(next: Handler<ConformingCall>): Handler<ConformingCall> {
    return (call) => (this.table.hasShadows ? this.shadowed(call, next) : next(call));
  }

  private async shadowed(call: ConformingCall, next: Handler<ConformingCall>): Promise<Reply> {
    const asked = performance.now();
    const reply = await next(call);
    const meant = this.meant(call, reply);
    if (!meant) return reply;
    const heard = new HeardAnswer();
    return settled(
      reply,
      (outcome) => {
        if (outcome.kind !== 'answered') return;
        const name = `${reply.provider}/${reply.model}`;
        const took = this.took(name, performance.now() - asked, outcome.usage, call.receivedAt);
        this.offer(call, meant, took, heard.text);
      },
      (event) => heard.observe(event),
    );
  }

  /** The shadow of the name that was asked for, or of the model that answered, where this call is one of its share. */
  private meant(call: ConformingCall, { provider, model }: Reply): Meant | undefined {
    const { request, revalidates, inBatch } = call;
    if (request.operation !== 'chat' || request.continues !== undefined) return undefined;
    if (revalidates || inBatch) return undefined;
    const names = [request.model, `${provider}/${model}`];
    const subject = names.find((name) => this.table.shadowOf(name));
    const shadow = subject === undefined ? undefined : this.table.shadowOf(subject);
    return subject !== undefined && shadow && this.isOfShare(call, subject, shadow) ? { subject, shadow } : undefined;
  }

  private isOfShare({ caller, user }: ConformingCall, subject: string, { share, by, tenants }: Shadow): boolean {
    if (tenants && !tenants.includes(caller.tenantId) && !tenants.includes(caller.tenantName)) return false;
    if (by === 'call') return Math.random() < share;
    const digest = this.hash.digest('shadow', caller.tenantId, `${subject}\n${user ?? caller.keyId}`);
    return digest.readUInt32BE() / HASHED < share;
  }

  private offer(call: ConformingCall, { subject, shadow }: Meant, caller: Took, answer: string): void {
    const candidate = this.candidate(call, shadow);
    if (typeof candidate === 'string') return this.told(subject, shadow, candidate);
    const work = () => this.compare(call, { subject, shadow }, candidate, caller, answer);
    if (!this.line.offer(subject, shadow.maxConcurrent, work)) this.told(subject, shadow, 'full');
  }

  /** @returns why it cannot be asked, where it cannot */
  private candidate({ request, outgoing }: ConformingCall, { model }: Shadow): Candidate | ShadowOutcome {
    const [candidate] = this.models.behind(model, 'chat');
    if (!candidate) return 'unable';
    if (outgoing.barred(candidate.provider)) return 'barred';
    try {
      return this.models.lineUp(request, [candidate], (listed) => listed)[0];
    } catch {
      return 'unable';
    }
  }

  /** Never fails. */
  private async compare(
    call: ConformingCall,
    { subject, shadow }: Meant,
    candidate: Candidate,
    caller: Took,
    answer: string,
  ): Promise<void> {
    const {
      id: callId,
      caller: { tenantId },
    } = call;
    const asked = performance.now();
    const heard = new HeardAnswer();
    const name = `${candidate.provider}/${candidate.model}`;
    const took = (usage: Usage) => this.took(name, performance.now() - asked, usage, Date.now());
    let usage = NO_USAGE;
    try {
      const { pieces } = await this.calls.send(call, candidate, shadow.timeoutMs, this.stop.signal);
      for await (const { events } of pieces)
        for (const event of events) {
          heard.observe(event);
          if (event.type === 'end') ({ usage } = event);
        }
      const similarity = answerOverlap(answer, heard.text);
      await this.keep({ callId, tenantId, subject, caller, shadow: took(usage), similarity });
      this.told(subject, shadow, 'answered');
    } catch (error) {
      const { code } = GatewayError.from(error);
      if (code === 'budget_exhausted') return this.told(subject, shadow, 'budget');
      if (!UNASKED.has(code) && !this.stop.signal.aborted)
        await this.keep({ callId, tenantId, subject, caller, shadow: took(usage), error: code });
      this.told(subject, shadow, 'failed');
    }
  }

  private took(model: string, ms: number, usage: Usage, at: number): Took {
    const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage;
    const cost = this.prices.cost(model, usage, at, { batch: false });
    return { model, ms, inputTokens: inputTokens + cacheReadTokens + cacheWriteTokens, outputTokens, cost };
  }

  /** Figures are worth less than calm: what cannot be kept is lost. */
  private async keep(call: Parameters<ShadowCalls['add']>[0]): Promise<void> {
    await this.store.add(call).catch(() => undefined);
  }

  private told(subject: string, { model }: Shadow, outcome: ShadowOutcome): void {
    this.events.emit('shadow.finished', { subject, model, outcome });
  }
}
