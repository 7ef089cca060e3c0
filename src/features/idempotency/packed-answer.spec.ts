import type { Piece } from '../../contract/reply';
import { CollectedAnswer } from './collected-answer';
import { headOf, piecesIn } from './packed-answer';

const head = { provider: 'openai', model: 'gpt-4o', dropped: ['seed'], degraded: 'fallback' as const };
const wire = (bytes: Buffer) => ({ dialect: 'openai-chat', format: 'sse', bytes }) as const;
const pieces: readonly Piece[] = [
  {
    events: [{ type: 'start', id: 'chatcmpl-1', model: 'gpt-4o' }],
    wire: wire(Buffer.from([0, 255, 10, 13, 0xe2, 0x82])),
  },
  { events: [], wire: wire(Buffer.from(': comment\n\n')) },
  { events: [{ type: 'text', block: 0, text: 'Olá 日本' }] },
  {
    events: [
      {
        type: 'end',
        usage: { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 2 },
      },
    ],
    wire: wire(Buffer.alloc(0)),
  },
];

function collect(limit: number): Buffer | undefined {
  const answer = new CollectedAnswer({ ...head, attempts: 3 } as typeof head, limit);
  for (const piece of pieces) answer.add(piece);
  return answer.packed();
}

describe('a packed answer', () => {
  const packed = collect(10_000) as Buffer;

  it('gives back every piece as it was, bytes that are no text too', () => {
    expect(headOf(packed)).toEqual(head);
    expect([...piecesIn(packed)]).toEqual(pieces);
    const dear = new CollectedAnswer(head, 10_000);
    for (const piece of pieces) dear.add(piece);
    const told = dear.packed(12_345_678_901_234_567_890n) as Buffer;
    expect(headOf(told)).toEqual({ ...head, cost: '12345678901234567890' });
    expect([...piecesIn(told)]).toEqual(pieces);
  });

  it('may be read by many at once', () => {
    const [one, other] = [piecesIn(packed), piecesIn(packed)];
    expect(one.next().value).toEqual(pieces[0]);
    expect([...other]).toEqual(pieces);
    expect([...one]).toEqual(pieces.slice(1));
  });

  it('is whole or not there: the limit is in bytes of what is kept', () => {
    expect(collect(packed.length)).toEqual(packed);
    expect(collect(packed.length - 1)).toBeUndefined();
  });

  it('does not even look at what is too large', () => {
    const answer = new CollectedAnswer(head, 1_000);
    const events = new Proxy([], { get: () => fail('was read') });
    answer.add({ events, wire: wire(Buffer.alloc(1_001)) });
    answer.add({ events });
    expect(answer.packed()).toBeUndefined();
  });
});

function fail(message: string): never {
  throw new Error(message);
}
