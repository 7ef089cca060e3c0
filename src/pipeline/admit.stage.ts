import { Injectable } from '@nestjs/common';
import type { AdmittedCall, AuditedCall, Handler, PromptSize } from '../contract/call';
import { GatewayError } from '../contract/errors';
import type { Reply } from '../contract/reply';
import { Stage } from '../contract/stage';
import { ConcurrencySlots, RateCounters, type Release, type Seat } from '../features/limits';
import { Config } from '../platform/config/config';
import { Admission } from './admission';
import { chargesOf, needOf, refusalOf } from './call-charges';
import { type Bound, CallLimits } from './call-limits.service';

/** Lets a call in when it is within its limits, and holds its slots and its tokens until it is settled. */
@Injectable()
export class AdmitStage extends Stage<AuditedCall, AdmittedCall> {
  constructor(
    private readonly config: Config,
    private readonly limits: CallLimits,
    private readonly slots: ConcurrencySlots,
    private readonly counters: RateCounters,
  ) {
    super();
  }

  override wrap(next: Handler<AdmittedCall>): Handler<AuditedCall> {
    return (call) => {
      this.checkSize(call.size);
      const bounds = this.limits.of(call);
      // what a provider does in a batch it does at its own pace
      return !bounds.length || call.inBatch ? next({ ...call, admitted: true }) : this.bounded(call, bounds, next);
    };
  }

  private async bounded(call: AuditedCall, bounds: readonly Bound[], next: Handler<AdmittedCall>): Promise<Reply> {
    const admission = await this.admit(call, bounds);
    try {
      return admission.held(await next({ ...call, record: admission.record ?? call.record, admitted: true }));
    } catch (error) {
      admission.failed();
      throw error;
    }
  }

  /** @throws GatewayError `concurrency_limited`, `rate_limited`; `prompt_too_large` when it would never be let in */
  private async admit({ record, request }: AuditedCall, bounds: readonly Bound[]): Promise<Admission> {
    const isMetered = bounds.some(({ tpm }) => tpm !== undefined);
    const need = isMetered ? needOf(request, this.config.limits.expectedOutputTokens) : undefined;
    const charges = chargesOf(bounds, need);
    // first what can be given back without anybody having noticed
    const release = await this.seated(bounds);
    if (!charges.length) return new Admission(record, release, charges, undefined, undefined);
    const verdict = await this.counters.take(charges);
    if (verdict.granted) return new Admission(record, release, charges, verdict, need && request);
    release?.();
    throw refusalOf(charges, verdict);
  }

  private seated(bounds: readonly Bound[]): Release | Promise<Release> | undefined {
    const seats = bounds.flatMap(({ scope, counter, concurrency }): Seat[] =>
      concurrency === undefined ? [] : [{ scope, counter, limit: concurrency }],
    );
    return seats.length ? this.slots.acquire(seats) : undefined;
  }

  private checkSize({ messages, characters, historyCharacters }: PromptSize): void {
    const { limits } = this.config;
    if (messages > limits.messages)
      throw tooLarge(`The call has ${messages} messages; at most ${limits.messages} are taken`, 'messages');
    if (historyCharacters > limits.historyCharacters)
      throw tooLarge(
        `The history has ${historyCharacters} characters; at most ${limits.historyCharacters} are taken`,
        'messages',
      );
    if (characters > limits.promptCharacters)
      throw tooLarge(
        `The prompt has ${characters} characters; at most ${limits.promptCharacters} are taken`,
        'messages',
      );
  }
}

function tooLarge(message: string, param: string): GatewayError {
  return new GatewayError('prompt_too_large', message, { param });
}
