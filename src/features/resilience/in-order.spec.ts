import type { Candidate } from '../../contract/call';
import { inOrder } from './in-order';

const candidate = (model: string, more: Partial<Candidate> = {}): Candidate => ({ provider: 'p', model, ...more });
const models = (candidates: readonly Candidate[]) => candidates.map(({ model }) => model).join(' ');
const unknown = () => undefined;

describe('inOrder', () => {
  it('leaves what is listed as it is listed', () => {
    expect(models(inOrder([candidate('b'), candidate('a')], 'listed', unknown))).toBe('b a');
  });

  it('puts the cheapest first and what has no price last', () => {
    const listed = [
      candidate('unknown'),
      candidate('dear', { price: { input: 5, output: 20 } }),
      candidate('cheap', { price: { input: 9, output: 1 } }),
      candidate('as-cheap', { price: { input: 1, output: 9 } }),
    ];
    expect(models(inOrder(listed, 'cost', unknown))).toBe('cheap as-cheap dear unknown');
  });

  it('puts the quickest first; a model that nobody asked yet counts as the average', () => {
    const ms: Record<string, number> = { slow: 900, quick: 100 };
    const latencyOf = ({ model }: Candidate) => ms[model];
    const listed = [candidate('slow'), candidate('new'), candidate('quick')];
    expect(models(inOrder(listed, 'latency', latencyOf))).toBe('quick new slow');
    expect(models(inOrder(listed, 'latency', unknown))).toBe('slow new quick');
  });

  it('keeps a model that the caller named before all others, however dear', () => {
    const listed = [
      candidate('named', { named: true, price: { input: 50, output: 50 } }),
      candidate('cheap', { price: { input: 1, output: 1 } }),
    ];
    expect(models(inOrder(listed, 'cost', unknown))).toBe('named cheap');
  });
});
