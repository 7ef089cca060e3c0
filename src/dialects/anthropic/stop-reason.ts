import type { StopReason } from '@anthropic-ai/sdk/resources/messages/messages';
import type { Json } from '../../contract/json';
import type { FinishReason, ReplyEvent } from '../../contract/reply';

export type Finish = Extract<ReplyEvent, { type: 'finish' }>;

const FINISH = new Map<Json | undefined, FinishReason>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop_sequence'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'content_filter'],
  ['pause_turn', 'pause'],
]);

const STOP: Record<FinishReason, StopReason> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  pause: 'pause_turn',
};

export function decodeFinish(reason: Json | undefined, sequence: Json | undefined): Finish {
  const stopSequence = typeof sequence === 'string' ? { stopSequence: sequence } : {};
  return { type: 'finish', reason: FINISH.get(reason) ?? 'stop', ...stopSequence };
}

/** The stop fields of a message whose content is known. */
export class StopState {
  private finish?: Finish;
  private refused = false;
  private calledTools = false;

  note(event: ReplyEvent): void {
    if (event.type === 'finish') this.finish = event;
    else if (event.type === 'refusal') this.refused = true;
    else if (event.type === 'tool_call') this.calledTools = true;
  }

  get reason(): StopReason {
    if (this.refused) return 'refusal';
    const reason = this.finish?.reason ?? 'stop';
    // vendors say "stop" after a call that was forced; Anthropic's clients run tools on `tool_use` alone
    return reason === 'stop' && this.calledTools ? 'tool_use' : STOP[reason];
  }

  get sequence(): string | null {
    return this.finish?.stopSequence ?? null;
  }
}
