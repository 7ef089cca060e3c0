import { GatewayError } from '../contract/errors';
import { NO_USAGE, type Piece, type Reply, type ReplyEvent, type Usage } from '../contract/reply';
import { SpokenAnswer } from '../features/conformance';

/** What a model may say to be validated, and what of it may be held back in memory, native frames included. */
const CHARACTERS = 1_048_576;
const BYTES = 16_777_216;

/** An answer that is complete, and that nobody has seen yet. */
export interface HeldAnswer {
  readonly reply: Reply;
  readonly pieces: readonly Piece[];
  readonly spoken: SpokenAnswer;
  readonly usage: Usage;
}

/** Reads a reply to its end. @throws what its pieces throw; GatewayError `provider_failed` when it is too large */
export async function held(reply: Reply): Promise<HeldAnswer> {
  const pieces: Piece[] = [];
  const spoken = new SpokenAnswer();
  let usage = NO_USAGE;
  let [characters, bytes] = [0, 0];
  for await (const piece of reply.pieces) {
    bytes += piece.wire?.bytes.length ?? 0;
    for (const event of piece.events) {
      characters += sizeOf(event);
      if (event.type === 'end') usage = event.usage;
      spoken.add(event);
    }
    if (characters > CHARACTERS || bytes > BYTES)
      throw new GatewayError('provider_failed', 'The answer is too large to be validated', {
        attempts: reply.attempts,
      });
    pieces.push(piece);
  }
  return { reply, pieces, spoken, usage };
}

function sizeOf(event: ReplyEvent): number {
  switch (event.type) {
    case 'text':
    case 'thinking':
    case 'refusal':
      return event.text.length;
    case 'tool_arguments':
      return event.json.length;
    case 'thinking_signature':
      return event.signature.length;
    case 'redacted_thinking':
      return event.data.length;
    default:
      return 64;
  }
}
