import { JobBench } from '../../../test/support/job-bench';
import { GatewayError } from '../../contract/errors';
import { Analyses } from './analyses';
import { AnalysisKind } from './analysis-kind';

const kind = new AnalysisKind(new Analyses({ model: 'fast', textCharacters: 100, texts: 50 }));
const GOOD = { sentiment: 'positive', score: 0.5, reason: 'r' };
const ask = (texts: readonly string[]) => ({ analysis_type: 'sentiment', texts });

describe('an analysis job', () => {
  it.each([
    [{ analysis_type: 'sentiment' }, 'text'],
    [{ analysis_type: 'sentiment', text: 'a', texts: ['a'] }, 'text'],
    [{ analysis_type: 'sentiment', texts: [] }, 'texts'],
    [ask(Array.from({ length: 51 }, () => 'a')), 'texts'],
    [ask(['a', '']), 'texts[1]'],
    [ask(['a', 'b', 'c'.repeat(101)]), 'texts[2]'],
    [{ analysis_type: 'sentiment', text: 'a', gatehouse: {} }, 'gatehouse'],
  ])('is refused by the name of the field: %j', (input, param) => {
    expect(() => kind.parse(input)).toThrow(
      expect.objectContaining({ code: 'invalid_request', facts: { param: `input.${param}` } }),
    );
  });

  it('analyses each text once, in order, whatever was done before', async () => {
    const bench = new JobBench(() => GOOD);
    const texts = Array.from({ length: 25 }, (_, i) => `text ${i}`);
    const result = await bench.run(kind, ask(texts));
    expect(result).toMatchObject({ analysis_type: 'sentiment', succeeded: 25, failed: 0 });
    expect((result as { results: { index: number }[] }).results.map(({ index }) => index)).toEqual(
      texts.map((_, i) => i),
    );
    expect(bench.partials.map(([key]) => key).sort()).toEqual(['results:0-9', 'results:10-19', 'results:20-24']);
    expect(bench.progress.at(-1)).toEqual({ percent: 100, stage: 'analysing' });
    await expect(bench.run(kind, ask(texts))).resolves.toEqual(result);
    expect(bench.questions).toHaveLength(25);
  });

  it('says which text failed and why, and fails only with all of them', async () => {
    const refusal = new GatewayError('prompt_rejected', 'not this one');
    const some = new JobBench(({ prompt }) => (prompt.includes('bad') ? Promise.reject(refusal) : GOOD));
    await expect(some.run(kind, ask(['good', 'bad']))).resolves.toMatchObject({
      results: [
        { index: 0, result: GOOD, cached: false },
        { index: 1, error: { code: 'prompt_rejected', message: 'not this one' } },
      ],
      succeeded: 1,
      failed: 1,
    });
    const all = new JobBench(() => Promise.reject(refusal));
    await expect(all.run(kind, ask(['bad', 'bad']))).rejects.toMatchObject({ code: 'prompt_rejected' });
  });

  it('says what came from the cache, and what from no model', async () => {
    const bench = new JobBench(
      (_, asked) => ({ json: GOOD, cache: asked === 1 ? 'hit' : 'miss', provider: 'sandbox' }),
      1,
    );
    await expect(bench.run(kind, ask(['a', 'b']))).resolves.toMatchObject({
      results: [{ cached: true, sandbox: true }, { cached: false }],
    });
  });

  it('estimates a question for each text', () => {
    const [estimate] = kind.estimate(kind.parse(ask(['a', 'b', 'c'])));
    expect(estimate).toMatchObject({ model: 'fast', times: 3, maxTokens: 2_000 });
  });
});
