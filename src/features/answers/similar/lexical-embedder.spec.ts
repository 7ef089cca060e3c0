import { LexicalEmbedder, lexicalVector } from './lexical-embedder';
import { compact, cosine } from './vector';

const near = (a: string, b: string) =>
  cosine(compact(lexicalVector(a)) ?? new Int8Array(), compact(lexicalVector(b)) ?? new Int8Array());

describe('LexicalEmbedder', () => {
  it('makes a vector for each text, always the same', async () => {
    const embedder = new LexicalEmbedder();
    const [a, b] = await embedder.embed(['one two', 'three']);
    expect([a?.length, b?.length]).toEqual([embedder.dimensions, embedder.dimensions]);
    expect(a).toEqual(lexicalVector('one two'));
    expect(embedder.name).toBe('lexical');
  });

  it('is 1 for the same words in any case and order, and near 0 for none in common', () => {
    expect(near('Reset the PASSWORD?', 'password, the reset')).toBeCloseTo(1);
    expect(near('reset password', 'opening hours')).toBeLessThan(0.1);
    expect(compact(lexicalVector('?!'))).toBeUndefined();
  });

  it('falls with what matters, not with what is said in every question', () => {
    const asked = 'How do I reset my password?';
    const courteous = near(asked, 'Hello, could you please tell me how to reset the password?');
    const inflected = near(asked, 'How do I go about resetting passwords?');
    const other = near(asked, 'How do I reset my router?');
    expect(courteous).toBeGreaterThan(0.8);
    expect(inflected).toBeGreaterThan(0.5);
    expect(courteous).toBeGreaterThan(other);
  });

  it('takes hostile text in its stride', () => {
    const started = performance.now();
    for (const text of ['a'.repeat(1_000), 'a b '.repeat(250), '\ud800'.repeat(1_000), 'é́'.repeat(500)])
      lexicalVector(text);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
