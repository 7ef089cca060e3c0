import { Withdrawals, type Withdrawal } from './withdrawals';

type Target = { readonly provider: string; readonly model: string };
const CHAIN: readonly [Target, ...Target[]] = [
  { provider: 'a', model: 'x' },
  { provider: 'a', model: 'y' },
  { provider: 'b', model: 'z' },
];
const withdrawn = (...targets: [string, Withdrawal['place']][]): Withdrawals => {
  const withdrawals = new Withdrawals();
  withdrawals.learn(targets.map(([target, place]) => ({ target, place, cause: 'i', since: new Date(0) })));
  return withdrawals;
};
const names = (withdrawals: Withdrawals) => withdrawals.arrange(CHAIN).map(({ model }) => model);

describe('Withdrawals', () => {
  it('leave the order alone while there are none', () => {
    expect(new Withdrawals().arrange(CHAIN)).toBe(CHAIN);
  });

  it('put a provider or a model behind the others, in the order among themselves', () => {
    expect(names(withdrawn(['a/*', 'last']))).toEqual(['z', 'x', 'y']);
    expect(names(withdrawn(['a/x', 'last']))).toEqual(['y', 'z', 'x']);
    expect(names(withdrawn(['a/*', 'last'], ['b/z', 'last']))).toEqual(['x', 'y', 'z']);
  });

  it('leave out what is out, and refuse when nothing is left', () => {
    expect(names(withdrawn(['a/*', 'out']))).toEqual(['z']);
    expect(names(withdrawn(['a/*', 'last'], ['a/x', 'out']))).toEqual(['z', 'y']);
    expect(() => names(withdrawn(['a/*', 'out'], ['b/z', 'out']))).toThrow('taken out of use');
  });
});
