import { QuestionIndex } from './question-index';
import { trigramScorer } from './trigram-scorer';

const index = (questions?: number) => new QuestionIndex(trigramScorer, questions);
const size = (of: QuestionIndex) => (of as unknown as { count: number }).count;

describe('QuestionIndex', () => {
  it('finds what comes near enough, nearest first', async () => {
    const questions = index();
    questions.add('f', 'Hello, can you tell me what the opening hours are?', 'far');
    questions.add('f', 'What are the opening hours?', 'near');
    expect(await questions.near('f', 'what are the opening hours', 0.5)).toEqual(['near', 'far']);
    expect(await questions.near('f', 'what are the opening hours', 0.9)).toEqual(['near']);
    expect(await questions.near('f', 'opening hours', 1)).toEqual([]);
  });

  it('looks neither into another family nor past the guard', async () => {
    const questions = index();
    questions.add('f', 'Can I pay 100 euros by card in the shop?', 'k');
    expect(await questions.near('g', 'Can I pay 100 euros by card in the shop?', 0.5)).toEqual([]);
    expect(await questions.near('f', 'Can I pay 900 euros by card in the shop?', 0.5)).toEqual([]);
    expect(await questions.near('f', 'Pay', 0)).toEqual([]);
  });

  it('does not compare a question with one that is much longer', async () => {
    const questions = index();
    questions.add('f', `Hello ${'please '.repeat(20)}opening hours`, 'k');
    expect(await questions.near('f', 'opening hours', 0)).toEqual([]);
  });

  it('keeps neither long questions nor too many, and one question once', async () => {
    const questions = index(100);
    questions.add('f', 'x '.repeat(501), 'long');
    expect(size(questions)).toBe(0);
    for (let i = 0; i < 3; i++) questions.add('f', 'opening hours', 'k');
    expect(size(questions)).toBe(1);
    for (let i = 0; i < 50; i++) questions.add('f', `opening hours${'?'.repeat(i)}`, `k${i}`);
    expect(size(questions)).toBe(8);
    for (let i = 0; i < 300; i++) questions.add('f', `question ${i}`, `q${i}`);
    expect(size(questions)).toBeLessThanOrEqual(100);
    expect(await questions.near('f', 'opening hours', 0.5)).toEqual([]);
    expect(await questions.near('f', 'question 299', 0.5)).toEqual(['q299']);
  });
});
