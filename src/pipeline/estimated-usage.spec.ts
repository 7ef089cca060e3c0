import { NO_USAGE } from '../contract/reply';
import type { ChatRequest } from '../contract/request';
import { EstimatedUsage } from './estimated-usage';

const request: ChatRequest = {
  operation: 'chat',
  model: 'fast',
  stream: true,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'x'.repeat(400) }] }],
  tools: [],
  hints: [],
  extras: [],
};

describe('EstimatedUsage', () => {
  it('counts the prompt of an answer that never began', () => {
    expect(new EstimatedUsage().of(request)).toMatchObject({ inputTokens: 104, outputTokens: 0, estimated: true });
  });

  it('counts what was said until the answer was cut off', () => {
    const used = new EstimatedUsage();
    used.observe({ type: 'start', id: 'a', model: 'm' });
    used.observe({ type: 'thinking', text: 't'.repeat(40), block: 0 });
    used.observe({ type: 'text', text: 't'.repeat(40), block: 1 });
    used.observe({ type: 'tool_arguments', json: '{"a":12}', block: 2 });
    expect(used.of(request)).toMatchObject({ inputTokens: 104, outputTokens: 22, estimated: true });
  });

  it('believes what the provider said at the start', () => {
    const used = new EstimatedUsage();
    const usage = { inputTokens: 3, cacheReadTokens: 7, cacheWriteTokens: 0, outputTokens: 1 };
    used.observe({ type: 'start', id: 'a', model: 'm', usage });
    expect(used.of(request)).toEqual({ ...usage, estimated: true });
  });

  describe('of a whole answer', () => {
    const told = (inputTokens: number, outputTokens: number) => ({ ...NO_USAGE, inputTokens, outputTokens });
    const heard = (text: string) => {
      const used = new EstimatedUsage();
      used.observe({ type: 'text', text, block: 0 });
      return used;
    };

    it('is what the provider said', () => {
      const usage = { ...told(0, 3), cacheReadTokens: 5 };
      expect(heard('t'.repeat(40)).completed(usage, request)).toBe(usage);
      expect(heard('').completed(told(5, 0), request)).toEqual(told(5, 0));
    });

    it.each([
      ['the prompt', told(0, 3), told(104, 3)],
      ['an answer that has words', told(5, 0), told(5, 10)],
      ['either', told(0, 0), told(104, 10)],
    ])('is estimated where nobody counted %s', (_side, usage, expected) => {
      expect(heard('t'.repeat(40)).completed(usage, request)).toEqual({ ...expected, estimated: true });
    });

    it('has the prompt that the provider counted when it began', () => {
      const used = heard('t'.repeat(40));
      used.observe({ type: 'start', id: 'a', model: 'm', usage: { ...told(3, 1), cacheReadTokens: 7 } });
      const usage = { ...told(3, 10), cacheReadTokens: 7, estimated: true };
      expect(used.completed({ ...NO_USAGE, estimated: true }, request)).toEqual(usage);
    });

    it('that only counts tokens uses none', () => {
      const counting = { ...request, operation: 'count_tokens' } as const;
      expect(new EstimatedUsage().completed(NO_USAGE, counting)).toBe(NO_USAGE);
    });
  });
});
