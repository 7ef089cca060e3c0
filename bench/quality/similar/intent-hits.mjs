import { lineOf } from '../../../tools/cache-tune/curve.mjs';
import { AskedQuestion, MemoryVectorIndex, SimilarQuestions } from '../../../tools/cache-tune/similar-code.mjs';

/**
 * Every asked question against an index of all known ones. An intent is no proof that two questions have one answer, nor
 * that they have not: it is as near as a public set comes to the traffic of a service.
 */
export async function intentHits({ known, asked }, embedder, terms) {
  await embedder.learn([...known, ...asked].map(({ text }) => text));
  const questions = new SimilarQuestions(new MemoryVectorIndex(2 * known.length, 2 * known.length));
  const { signal } = new AbortController();
  const question = (text) => new AskedQuestion('t', text, (name) => name);
  for (const [i, { text }] of known.entries())
    await questions.remember(question(text), { key: String(i), requestId: '', expiresAt: Infinity }, embedder, signal);
  const rows = [];
  for (const { text, intent } of asked) {
    const [first] = await questions.find(question(text), terms, embedder, signal);
    rows.push({ found: first !== undefined, same: first && known[Number(first.key)].intent === intent });
  }
  return { 'BANKING77, test against train': lineOf(rows, ({ found }) => found) };
}
