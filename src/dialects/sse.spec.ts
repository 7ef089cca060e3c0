import { SseSplitter, type SseFrame } from './sse';

const read = (splitter: SseSplitter, ...chunks: Buffer[]): SseFrame[] => [
  ...chunks.flatMap((chunk) => splitter.push(chunk)),
  ...splitter.end(),
];
const meaning = (frames: readonly SseFrame[]) => frames.map(({ event, data }) => [event, data]);

const EXPECTED = [
  ['', '{"a":1}'],
  ['delta', 'Olá 👩‍👩‍👧‍👦'],
  ['', ''],
  ['two', 'line one\nline two'],
  ['', '[DONE]'],
];
const stream = (newline: string) =>
  [
    'data: {"a":1}',
    '',
    'event: delta',
    'data:Olá 👩‍👩‍👧‍👦',
    '',
    ': a comment',
    '',
    'id: 7',
    'event: two',
    'data: line one',
    'data: line two',
    '',
    'data: [DONE]',
    '',
    '',
  ].join(newline);

describe('SseSplitter', () => {
  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('finds the same frames wherever the network cuts, with %s line endings', (_name, newline) => {
    const bytes = Buffer.from(stream(newline));
    expect(meaning(read(new SseSplitter(), bytes))).toEqual(EXPECTED);
    for (let cut = 1; cut < bytes.length; cut++)
      expect(meaning(read(new SseSplitter(), bytes.subarray(0, cut), bytes.subarray(cut)))).toEqual(EXPECTED);
    const single = [...bytes].map((byte) => Buffer.from([byte]));
    expect(meaning(read(new SseSplitter(), ...single))).toEqual(EXPECTED);
  });

  it('loses no byte: frames joined are the stream', () => {
    const bytes = Buffer.from(stream('\n'));
    const splitter = new SseSplitter();
    const frames = [splitter.push(bytes.subarray(0, 33)), splitter.push(bytes.subarray(33))].flat();
    expect(Buffer.concat(frames.map((frame) => frame.bytes))).toEqual(bytes);
  });

  it('reads a last frame whose blank line was forgotten', () => {
    expect(meaning(read(new SseSplitter(), Buffer.from('data: x\n\ndata: [DONE]')))).toEqual([
      ['', 'x'],
      ['', '[DONE]'],
    ]);
    expect(read(new SseSplitter(), Buffer.from('data: x\n\n \n'))).toHaveLength(1);
  });

  it('refuses a frame that does not end', () => {
    const splitter = new SseSplitter(100);
    splitter.push(Buffer.alloc(90, 'x'));
    expect(() => splitter.push(Buffer.alloc(20, 'x'))).toThrow(expect.objectContaining({ code: 'provider_failed' }));
  });

  it('copies bytes in proportion to what comes, also when a frame comes in many pieces', () => {
    const concat = jest.spyOn(Buffer, 'concat');
    try {
      const splitter = new SseSplitter();
      for (let i = 0; i < 20_000; i++) splitter.push(Buffer.from('x'.repeat(10)));
      expect(splitter.push(Buffer.from('\n\n'))).toHaveLength(1);
      const copied = concat.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0);
      expect(copied).toBeLessThan(200_000 * 3);
    } finally {
      concat.mockRestore();
    }
  });
});
