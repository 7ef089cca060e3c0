import { changing } from '../../../contract/passing';
import type { Piece, ReplyEvent } from '../../../contract/reply';
import { StreamTexts } from '../output/stream-texts';
import type { TokenVault } from '../tokens/vault';
import type { RestoreTally } from './restore-tally';
import { StreamRestorer } from './stream-restorer';
import { TolerantRestorer } from './tolerant-restorer';

export interface Restoring {
  /** The caller gets the answer as a whole: what models made of tokens is recognised too. */
  readonly whole: boolean;
  /** Counts what is put back, and what looked like a token and was none of this call's. */
  readonly tally: RestoreTally;
}

/**
 * An answer with everything put back that tokens stand for. Its native form is left out, because that would still tell the tokens.
 * Thoughts are restored too: the same tokens stand for the same values in the next turn, so a provider's signature still fits.
 * Of an answer that breaks off, what is held back is not handed out: half a token tells nobody anything.
 * @param names ids and names that were replaced, and what they were
 */
export function restoredPieces(
  pieces: AsyncIterable<Piece>,
  vault: TokenVault,
  names: ReadonlyMap<string, string>,
  { whole, tally }: Restoring = { whole: false, tally: { values: 0, misses: 0 } },
): AsyncIterable<Piece> {
  const Restorer = whole ? TolerantRestorer : StreamRestorer;
  const texts = new StreamTexts((kind) => [new Restorer(vault, kind === 'tool_arguments' ? 'json' : 'text', tally)]);
  return changing(pieces, ({ events }) => {
    const restored = texts.all(names.size ? events.map((event) => renamed(event, names)) : events);
    return restored.length ? { events: restored } : undefined;
  });
}

function renamed(event: ReplyEvent, names: ReadonlyMap<string, string>): ReplyEvent {
  if (event.type !== 'tool_call') return event;
  const { id, name } = event;
  return { ...event, id: names.get(id) ?? id, name: names.get(name) ?? name };
}
