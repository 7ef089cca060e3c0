import { Injectable } from '@nestjs/common';
import type { AdmittedCall, AuditedCall, Handler, PromptSize } from '../contract/call';
import { GatewayError } from '../contract/errors';
import { settled } from '../contract/settle';
import { Stage } from '../contract/stage';
import { ConcurrencySlots } from '../features/limits';
import { Config } from '../platform/config/config';

/** Lets a call in when it is within its limits, and holds one of its key's slots until it is settled. */
@Injectable()
export class AdmitStage extends Stage<AuditedCall, AdmittedCall> {
  constructor(
    private readonly config: Config,
    private readonly slots: ConcurrencySlots,
  ) {
    super();
  }

  override wrap(next: Handler<AdmittedCall>): Handler<AuditedCall> {
    return async (call) => {
      this.checkSize(call.size);
      const { keyId, limits } = call.caller;
      const release =
        limits.concurrency === undefined ? undefined : await this.slots.acquire(keyId, limits.concurrency);
      if (!release) return next({ ...call, admitted: true });
      try {
        return settled(await next({ ...call, admitted: true }), release);
      } catch (error) {
        release();
        throw error;
      }
    };
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
