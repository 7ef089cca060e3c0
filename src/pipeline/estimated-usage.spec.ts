import type { ChatRequest } from '../contract/request';
import { EstimatedUsage, isUncounted } from './estimated-usage';

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
});

describe('isUncounted', () => {
  it('knows zeros that nobody counted from a count of zero', () => {
    const zero = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };
    expect(isUncounted({ ...zero, estimated: true })).toBe(true);
    expect(isUncounted(zero)).toBe(false);
    expect(isUncounted({ ...zero, outputTokens: 1, estimated: true })).toBe(false);
  });
});
