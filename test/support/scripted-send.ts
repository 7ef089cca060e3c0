import type { Attempt, Send } from '../../src/contract/attempt';
import { GatewayError } from '../../src/contract/errors';
import { NO_USAGE, type Piece, type Reply } from '../../src/contract/reply';

/** What a provider does next: hands out a piece, breaks, or says nothing until it is told to stop. */
export type Step = Piece | GatewayError | 'silence';

function piece(name: string, ...events: Piece['events']): Piece {
  const bytes = Buffer.from(`event: ${name}\ndata: {}\n\n`);
  return { events, wire: { dialect: 'anthropic-messages', format: 'sse', bytes } };
}

/** A faultless stream: an opening, three words, the end. */
export const FAULTLESS: readonly Piece[] = [
  piece('message_start', { type: 'start', id: 'x', model: 'm' }),
  ...['one ', 'two ', 'three'].map((text) => piece('content_block_delta', { type: 'text', block: 0, text })),
  piece('message_stop', { type: 'finish', reason: 'stop' }, { type: 'end', usage: NO_USAGE }),
];

/** The innermost `next` of call interceptors, which keeps the promises of a provider and counts what is asked of it. */
export class ScriptedSend {
  calls = 0;
  pulled = 0;
  /** How often a reader returned early. */
  returned = 0;
  /** Streams that were begun and are not over. */
  open = 0;

  /** @param accepted settles when the provider takes the call or fails it */
  constructor(
    private readonly steps: readonly Step[],
    private readonly accepted: (attempt: Attempt) => Promise<void> = () => Promise.resolve(),
  ) {}

  readonly send: Send = async (attempt) => {
    this.calls++;
    if (attempt.signal.aborted) throw attempt.signal.reason;
    await this.accepted(attempt);
    const { provider, model } = attempt.candidate;
    const reply: Omit<Reply, 'pieces'> = { provider, model, attempts: 1, dropped: [] };
    return { ...reply, pieces: { [Symbol.asyncIterator]: () => this.iterator(attempt.signal) } };
  };

  private iterator(signal: AbortSignal): AsyncIterator<Piece> {
    let [at, over] = [0, false];
    this.open++;
    const close = (): void => {
      if (!over) this.open--;
      over = true;
    };
    return {
      next: async () => {
        const step = over ? undefined : this.steps[at++];
        this.pulled++;
        try {
          if (step === 'silence') await aborted(signal);
          if (step instanceof GatewayError) throw step;
        } catch (error) {
          close();
          throw error;
        }
        if (step && step !== 'silence') return { done: false, value: step };
        close();
        return { done: true, value: undefined };
      },
      return: () => {
        this.returned++;
        close();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}

/** Never resolves; rejects with the reason when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = (): void => reject(signal.reason as Error);
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}
