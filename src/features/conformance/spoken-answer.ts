import type { FinishReason, ReplyEvent } from '../../contract/reply';
import type { Part } from '../../contract/request';

/** One of the answers to a call. */
export interface SpokenChoice {
  text: string;
  /** The model declined, or its provider did: there is no answer that could conform. */
  declined: boolean;
  finish?: FinishReason;
  /** What the model thought, as its provider wants it back. */
  readonly thoughts: Map<number, Part>;
  readonly calls: Map<number, SpokenCall>;
}
export interface SpokenCall {
  readonly id: string;
  readonly name: string;
  /** JSON, as far as the model knows. */
  arguments: string;
}

/** Takes an answer down as it passes. Its size is for the reader to bound. */
export class SpokenAnswer {
  readonly choices: SpokenChoice[] = [];

  add(event: ReplyEvent): void {
    switch (event.type) {
      case 'text':
        this.choice(event.choice).text += event.text;
        return;
      case 'refusal':
        this.choice(event.choice).declined = true;
        return;
      case 'tool_call':
        this.choice(event.choice).calls.set(event.block, { id: event.id, name: event.name, arguments: '' });
        return;
      case 'tool_arguments': {
        const call = this.choice(event.choice).calls.get(event.block);
        if (call) call.arguments += event.json;
        return;
      }
      case 'thinking':
      case 'thinking_signature': {
        const { thoughts } = this.choice(event.choice);
        const known = thoughts.get(event.block);
        const thought = known?.type === 'thinking' ? known : ({ type: 'thinking', text: '' } as const);
        const more = event.type === 'thinking' ? { text: thought.text + event.text } : { signature: event.signature };
        thoughts.set(event.block, { ...thought, ...more });
        return;
      }
      case 'redacted_thinking':
        this.choice(event.choice).thoughts.set(event.block, { type: 'redacted_thinking', data: event.data });
        return;
      case 'finish': {
        const choice = this.choice(event.choice);
        choice.finish = event.reason;
        choice.declined ||= event.reason === 'content_filter';
        return;
      }
      case 'start':
      case 'end':
      case 'native':
      case 'embedding':
      case 'token_count':
    }
  }

  private choice(number = 0): SpokenChoice {
    // numbers grow by one; a provider that jumps does not make a long array
    return (this.choices[Math.min(number, this.choices.length)] ??= {
      text: '',
      declined: false,
      thoughts: new Map(),
      calls: new Map(),
    });
  }
}
