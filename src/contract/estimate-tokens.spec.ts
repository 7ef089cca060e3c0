import fc from 'fast-check';
import { estimateTokens, mostTokens } from './estimate-tokens';
import type { ChatRequest } from './request';

const asking = (...texts: string[]): Pick<ChatRequest, 'messages' | 'tools'> => ({
  messages: texts.map((text) => ({ role: 'user', parts: [{ type: 'text', text }] })),
  tools: [],
});

describe('estimated tokens', () => {
  it('are a quarter of Latin letters, and more of other scripts', () => {
    expect(estimateTokens(asking('a'.repeat(400)))).toBe(104);
    expect(estimateTokens(asking('ж'.repeat(170)))).toBe(104);
  });

  it('are never more than the length of the texts allows', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 5 });
    fc.assert(fc.property(texts, (some) => mostTokens(asking(...some)) >= estimateTokens(asking(...some))));
  });
});
