import { askedOf, batchCall, type BatchFault } from './batch-call';
import { checkLines } from './check-lines';
import { estimatesOf } from './estimate-lines';
import { linesOf } from '../../contract/json-lines';

const CHAT = '/v1/chat/completions';
const LIMITS = { jsonDepth: 20, jsonNodes: 200, lines: 5 };
const BODY = { model: 'fast', messages: [{ role: 'user', content: 'Hello' }] };
const GOOD = { custom_id: 'a', method: 'POST', url: CHAT, body: BODY };
const bytesOf = (line: unknown) => Buffer.from(typeof line === 'string' ? line : JSON.stringify(line));
// eslint-disable-next-line @typescript-eslint/require-await -- lines are asynchronous wherever they come from
async function* fileOf(...lines: unknown[]): AsyncGenerator<Buffer> {
  for (const line of lines) yield Buffer.concat([bytesOf(line), Buffer.from('\n')]);
}
const check = (...lines: unknown[]) => checkLines(linesOf(fileOf(...lines), 500), CHAT, LIMITS);
const codes = (faults: readonly BatchFault[]) => faults.map(({ line, code, param }) => [line, code, param]);

describe('a line of a batch', () => {
  it('is a call that has a name, streamed to nobody', () => {
    const body = { ...BODY, stream: true, stream_options: { include_usage: true } };
    expect(batchCall(bytesOf({ ...GOOD, body }), CHAT, LIMITS)).toEqual({ customId: 'a', body: BODY });
  });

  it.each([
    ['[]', 'invalid_json_line', null],
    ['{', 'invalid_json_line', null],
    [`${'['.repeat(30)}`, 'invalid_json_line', null],
    [{ ...GOOD, custom_id: 7 }, 'invalid_custom_id', 'custom_id'],
    [{ ...GOOD, custom_id: 'x'.repeat(513) }, 'invalid_custom_id', 'custom_id'],
    [{ ...GOOD, method: 'post' }, 'invalid_method', 'method'],
    [{ ...GOOD, url: `${CHAT}/` }, 'mismatched_endpoint', 'url'],
    [{ ...GOOD, body: [] }, 'invalid_body', 'body'],
    [{ ...GOOD, body: { ...BODY, gatehouse: {} } }, 'invalid_body', 'body.gatehouse'],
    [{ ...GOOD, body: { ...BODY, messages: [{ role: 'user' }] } }, 'invalid_body', 'body.messages[0].content'],
    [{ ...GOOD, priority: 1 }, 'unknown_parameter', null],
  ])('is refused by what is wrong with it: %j', (line, code, param) => {
    expect(() => batchCall(bytesOf(line), CHAT, LIMITS)).toThrow(expect.objectContaining({ code, param }));
  });
});

describe('the input of a batch', () => {
  it('may be worked off when every line is a call with a name of its own', async () => {
    expect(await check(GOOD, '', { ...GOOD, custom_id: 'b' })).toEqual({ total: 2, faults: [] });
  });

  it('is told what is wrong line by line, blank lines counted', async () => {
    const { faults } = await check(GOOD, '', 'x', GOOD, `"${'x'.repeat(500)}"`);
    expect(codes(faults)).toEqual([
      [3, 'invalid_json_line', null],
      [4, 'duplicate_custom_id', 'custom_id'],
      [5, 'line_too_long', null],
    ]);
  });

  it('has a line and not too many', async () => {
    expect(codes((await check('', ' ')).faults)).toEqual([[null, 'empty_file', 'input_file_id']]);
    const many = Array.from({ length: 6 }, (_, i) => ({ ...GOOD, custom_id: `${i}` }));
    expect(codes((await check(...many)).faults)).toEqual([[null, 'too_many_lines', 'input_file_id']]);
  });

  it('names no more faults than anybody reads', async () => {
    const file = linesOf(fileOf(...Array.from({ length: 500 }, () => 'x')), 500);
    expect((await checkLines(file, CHAT, { ...LIMITS, lines: 1_000 })).faults).toHaveLength(100);
  });
});

describe('what a batch may cost', () => {
  it('is reckoned by model, from what its lines name or what is usual', async () => {
    const line = (model: string, more: object) => ({ ...GOOD, body: { ...BODY, model, ...more } });
    const lines = [
      line('a', { max_tokens: 10 }),
      line('b', {}),
      line('a', { max_completion_tokens: 15, n: 2 }),
      'x',
      {},
    ];
    const estimates = await estimatesOf(linesOf(fileOf(...lines), 500), CHAT, LIMITS);
    expect(estimates).toMatchObject([
      { model: 'a', times: 2, maxTokens: 20, optional: true },
      { model: 'b', times: 1, maxTokens: 1_024, optional: true },
    ]);
    const [{ promptBytes } = { promptBytes: 0 }] = estimates;
    expect(promptBytes).toBeGreaterThan(JSON.stringify(BODY).length);
  });

  it('is whole numbers of tokens, whatever a line names', () => {
    const tokens = (more: object) => askedOf(bytesOf({ ...GOOD, body: { ...BODY, ...more } }), LIMITS)?.maxTokens;
    expect(tokens({ max_tokens: 1.5 })).toBe(2);
    expect(tokens({ max_tokens: -1 })).toBeUndefined();
    expect(tokens({ max_tokens: 1e300 })).toBe(10_000_000);
    expect(tokens({ max_output_tokens: 3, n: 1e9 })).toBe(384);
    expect(askedOf(bytesOf({ ...GOOD, body: { ...BODY, n: 3 } }), LIMITS)).toEqual({ model: 'fast', answers: 3 });
  });
});
