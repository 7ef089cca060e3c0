import { AskedQuestion } from './asked-question';
import { Embedder } from './embedder';
import { MemoryVectorIndex } from './memory-vector-index';
import { SimilarQuestions } from './similar-questions';

const TERMS = { threshold: 0.8, oneWordThreshold: 0.95 };
const { signal } = new AbortController();
const asked = (text: string, family = 'f') => new AskedQuestion('t', text, (embedder) => `${family} ${embedder}`);
const source = { key: 'k', requestId: 'r', expiresAt: Date.now() + 60_000 };

/** Knows how near texts are to the first axis. */
class Model extends Embedder {
  override readonly dimensions = 2;
  calls = 0;

  constructor(
    private readonly cosines: Readonly<Record<string, number>>,
    override readonly name = 'model',
  ) {
    super();
  }

  override embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    this.calls++;
    return Promise.resolve(
      texts.map((text) => {
        const cosine = this.cosines[text];
        if (cosine === undefined) throw new Error('away');
        return Float32Array.of(cosine, Math.sqrt(1 - cosine ** 2));
      }),
    );
  }
}

describe('SimilarQuestions', () => {
  const FIRST = 'How do I block my stolen bank card?';
  const ONE_WORD = 'How do I block my pilfered bank card?';
  const TWO_WORDS = 'How do I freeze my pilfered bank card?';
  const NUMBER = 'How do I block my 2 stolen bank cards?';

  it.each([
    [FIRST, 0.81, true],
    [FIRST.replace('stolen', 'lost'), 0.79, false],
    [ONE_WORD, 0.96, true],
    [ONE_WORD, 0.94, false],
    [TWO_WORDS, 1, false],
    [NUMBER, 1, false],
  ])('finds by a model, for %j at %d: %s', async (text, cosine, expected) => {
    const questions = new SimilarQuestions(new MemoryVectorIndex());
    await questions.remember(asked(FIRST), source, new Model({ [FIRST]: 1 }), signal);
    const found = await questions.find(asked(text), TERMS, new Model({ [text]: cosine }), signal);
    expect(found.map(({ key, requestId, by }) => [key, requestId, by])).toEqual(expected ? [['k', 'r', 'model']] : []);
  });

  it('never takes the word of letters for another word', async () => {
    const questions = new SimilarQuestions(new MemoryVectorIndex());
    await questions.remember(asked('How do I block my bank cards?'), source, undefined, signal);
    const terms = { threshold: 0.5, oneWordThreshold: 0.5 };
    expect(await questions.find(asked('How do I block my bank cars?'), terms, undefined, signal)).toEqual([]);
    expect(await questions.find(asked('how do I block a bank card'), terms, undefined, signal)).toHaveLength(1);
  });

  it('compares letters when the model is away, and never vectors of two models', async () => {
    const questions = new SimilarQuestions(new MemoryVectorIndex());
    await questions.remember(asked(FIRST), source, new Model({ [FIRST]: 1 }), signal);
    const [lexical] = await questions.find(asked(FIRST), TERMS, new Model({}), signal);
    expect(lexical?.by).toBe('lexical');
    const [other] = await questions.find(asked(FIRST), TERMS, new Model({ [FIRST]: 1 }, 'other'), signal);
    expect(other?.by).toBe('lexical');
    expect(await questions.find(asked(ONE_WORD), TERMS, new Model({ [ONE_WORD]: 1 }, 'other'), signal)).toEqual([]);
  });

  it('asks the model once for the question that is looked up and then remembered', async () => {
    const questions = new SimilarQuestions(new MemoryVectorIndex());
    const model = new Model({ [FIRST]: 1 });
    const question = asked(FIRST);
    await questions.find(question, TERMS, model, signal);
    await questions.remember(question, source, model, signal);
    expect(model.calls).toBe(1);
  });

  it.each(['What is [[CPF_9Q2M]]?', 'hello, thank you', '', `How ${'very '.repeat(250)}long?`])(
    'neither remembers nor looks up %j',
    async (text) => {
      const index = new MemoryVectorIndex();
      const questions = new SimilarQuestions(index);
      const model = new Model({ [text]: 1 });
      await questions.remember(asked(text), source, model, signal);
      expect([index.size, await questions.find(asked(text), TERMS, model, signal), model.calls]).toEqual([0, [], 0]);
    },
  );

  it('finds nothing of another family', async () => {
    const questions = new SimilarQuestions(new MemoryVectorIndex());
    await questions.remember(asked(FIRST), source, undefined, signal);
    expect(await questions.find(asked(FIRST, 'g'), TERMS, undefined, signal)).toEqual([]);
  });
});
