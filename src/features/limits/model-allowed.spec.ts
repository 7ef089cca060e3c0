import { isModelAllowed } from './model-allowed';

describe('isModelAllowed', () => {
  it('allows everything without patterns', () => {
    expect(isModelAllowed([], 'anything')).toBe(true);
  });

  it('takes names as they are and a star at the end as "and whatever follows"', () => {
    expect(isModelAllowed(['fast'], 'fast')).toBe(true);
    expect(isModelAllowed(['fast'], 'faster')).toBe(false);
    expect(isModelAllowed(['fast*'], 'faster')).toBe(true);
    expect(isModelAllowed(['openai/*'], 'openai/gpt-5')).toBe(true);
    expect(isModelAllowed(['openai/*'], 'anthropic/claude')).toBe(false);
    expect(isModelAllowed(['*'], 'anything')).toBe(true);
  });

  it('treats every other character as itself', () => {
    expect(isModelAllowed(['gpt-4.1'], 'gpt-4x1')).toBe(false);
    expect(isModelAllowed(['a*b'], 'axb')).toBe(false);
  });

  it('is content with one of several names', () => {
    expect(isModelAllowed(['openai/*'], 'fast', 'openai/gpt-5')).toBe(true);
    expect(isModelAllowed(['openai/*'], 'fast', 'anthropic/claude')).toBe(false);
  });
});
