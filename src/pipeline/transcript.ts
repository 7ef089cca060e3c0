import type { ReplyEvent } from '../contract/reply';

const TEXTS = ['text', 'thinking', 'refusal'] as const;

/** One of the answers to a call, in no vendor's words. */
interface Choice {
  text?: string;
  thinking?: string;
  refusal?: string;
  tool_calls?: ToolCall[];
  /** Kinds of native content, which is not taken down. */
  native?: string[];
}
interface ToolCall {
  readonly id: string;
  readonly name: string;
  arguments: string;
}

/** What was said, as the log keeps it. */
export interface Said {
  readonly choices: readonly Choice[];
  /** How many vectors were answered; they are numbers for machines and not kept. */
  readonly embeddings?: number | undefined;
  /** The rest was too long. */
  readonly cut?: true | undefined;
}

/** Takes an answer down while it passes. */
export class Transcript {
  private readonly choices: Choice[] = [];
  private readonly calls = new Map<string, ToolCall>();
  private embeddings = 0;
  private left: number;

  /** @param characters how much is taken down at most */
  constructor(characters: number) {
    this.left = characters;
  }

  add(event: ReplyEvent): void {
    switch (event.type) {
      case 'text':
      case 'thinking':
      case 'refusal': {
        const choice = this.choice(event.choice);
        choice[event.type] = (choice[event.type] ?? '') + this.room(event.text);
        return;
      }
      case 'tool_call': {
        const call = { id: event.id, name: event.name, arguments: '' };
        this.calls.set(placeOf(event), call);
        (this.choice(event.choice).tool_calls ??= []).push(call);
        return;
      }
      case 'tool_arguments': {
        const call = this.calls.get(placeOf(event));
        if (call) call.arguments += this.room(event.json);
        return;
      }
      case 'native':
        (this.choice(event.choice).native ??= []).push(event.name);
        return;
      case 'embedding':
        this.embeddings++;
        return;
      case 'start':
      case 'finish':
      case 'end':
      case 'thinking_signature':
      case 'redacted_thinking':
      case 'token_count':
    }
  }

  /** @param mask what each text becomes, and each text of a tool call's arguments */
  async said(mask: (text: string) => Promise<string> = async (text) => text): Promise<Said> {
    const choices: Choice[] = [];
    for (const said of this.choices) {
      const { tool_calls: calls, native } = said;
      const choice: Choice = {};
      for (const kind of TEXTS) {
        const text = said[kind];
        if (text !== undefined) choice[kind] = await mask(text);
      }
      if (calls) {
        choice.tool_calls = [];
        for (const call of calls) choice.tool_calls.push({ ...call, arguments: await mask(call.arguments) });
      }
      if (native) choice.native = native;
      choices.push(choice);
    }
    return { choices, embeddings: this.embeddings || undefined, cut: this.left < 0 || undefined };
  }

  private choice(number = 0): Choice {
    // numbers grow by one; a provider that jumps does not make a long array
    return (this.choices[Math.min(number, this.choices.length)] ??= {});
  }

  private room(text: string): string {
    const taken = this.left > 0 ? text.slice(0, this.left) : '';
    this.left -= text.length;
    return taken;
  }
}

const placeOf = ({ choice = 0, block }: { choice?: number; block: number }) => `${choice}/${block}`;
