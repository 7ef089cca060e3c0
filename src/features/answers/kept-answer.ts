import { isObject } from '../../contract/json';
import { piecesOf } from '../../contract/pieces';
import { NO_USAGE, type CacheUse, type Reply, type ReplyEvent, type Usage } from '../../contract/reply';
import { inChunks } from './in-chunks';

/** An answer as it is kept: what was said, by whom and when, in no vendor's words. */
export interface KeptAnswer {
  readonly provider: string;
  readonly model: string;
  /** What the provider called the model in its answer. */
  readonly answeredAs: string;
  readonly dropped: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What came between `start` and `end`. */
  readonly events: readonly ReplyEvent[];
  /** What it took. */
  readonly usage: Usage;
}

const VERSION = 2;

export function encodeAnswer(answer: KeptAnswer): Buffer {
  return Buffer.from(JSON.stringify({ version: VERSION, ...answer }));
}

/** Undefined when another release kept it in another way. */
export function decodeAnswer(bytes: Buffer): KeptAnswer | undefined {
  let found: unknown;
  try {
    found = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  return isObject(found) && found['version'] === VERSION ? (found as unknown as KeptAnswer) : undefined;
}

/**
 * The answer once more, as the answer to another call: under an id of its own, and without usage, for nothing was used.
 * @param id names the new answer
 * @param streamed its text comes in small parts, as readers of streams expect
 */
export function replay(answer: KeptAnswer, use: CacheUse, id: string, now = Date.now(), streamed = false): Reply {
  const { provider, model, dropped, answeredAs, events, at } = answer;
  const piece = {
    events: [
      { type: 'start', id, model: answeredAs },
      ...(streamed ? inChunks(events) : events),
      { type: 'end', usage: NO_USAGE },
    ] satisfies ReplyEvent[],
  };
  return {
    provider,
    model,
    attempts: 0,
    dropped,
    cache: use,
    ageSeconds: Math.max(0, Math.floor((now - at) / 1_000)),
    pieces: piecesOf([piece]),
  };
}
