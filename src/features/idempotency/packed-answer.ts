/**
 * An answer as bytes: records of two lengths (32 bits each), JSON, and native bytes. The first record tells who answered; each
 * other one is a piece.
 */
import type { Piece, Reply, WireReply } from '../../contract/reply';

export type Head = Pick<Reply, 'provider' | 'model' | 'dropped' | 'degraded' | 'validated'> & {
  /** What the call cost, in picodollars; absent where nobody knows. */
  readonly cost?: string;
};

interface PieceJson {
  readonly events: Piece['events'];
  readonly wire?: Omit<WireReply, 'bytes'>;
}

const LENGTHS = 8;
const NOTHING = Buffer.alloc(0);

export function packHead({ provider, model, dropped, degraded, validated, cost }: Head): Buffer {
  return pack(
    { provider, model, dropped, degraded, validated, ...(cost !== undefined && { cost }) } satisfies Head,
    NOTHING,
  );
}

export function packPiece({ events, wire }: Piece): Buffer {
  if (!wire) return pack({ events } satisfies PieceJson, NOTHING);
  const { dialect, format, bytes } = wire;
  return pack({ events, wire: { dialect, format } } satisfies PieceJson, bytes);
}

export function headOf(packed: Buffer): Head {
  return recordAt(packed, 0).json as Head;
}

/** One piece at a time: many may be reading the same bytes. */
export function* piecesIn(packed: Buffer): Generator<Piece> {
  for (let at = recordAt(packed, 0).end; at < packed.length;) {
    const { json, bytes, end } = recordAt(packed, at);
    const { events, wire } = json as PieceJson;
    yield wire ? { events, wire: { ...wire, bytes } } : { events };
    at = end;
  }
}

function pack(json: object, bytes: Buffer): Buffer {
  const text = Buffer.from(JSON.stringify(json));
  const lengths = Buffer.alloc(LENGTHS);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([lengths, text, bytes]);
}

function recordAt(packed: Buffer, at: number): { json: unknown; bytes: Buffer; end: number } {
  const text = at + LENGTHS;
  const native = text + packed.readUInt32BE(at);
  const end = native + packed.readUInt32BE(at + 4);
  return { json: JSON.parse(packed.toString('utf8', text, native)), bytes: packed.subarray(native, end), end };
}
