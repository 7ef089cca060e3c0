import { recovery, type RecoveryFacts } from './recovery';

const MINUTE = 60_000;
const FACTS: RecoveryFacts = {
  now: 100 * MINUTE,
  loudUntil: 99 * MINUTE,
  quietMs: MINUTE,
  trials: 0,
  trialAt: undefined,
  inForce: 0,
  reverting: 0,
  revertedAt: undefined,
};
const of = (facts: Partial<RecoveryFacts>) => recovery({ ...FACTS, ...facts });

describe('recovery', () => {
  it('waits while something is heard, and resolves when all is quiet', () => {
    expect(of({ loudUntil: 101 * MINUTE })).toBe('wait');
    expect(of({})).toBe('resolve');
  });

  it('undoes what is in force before it believes that it is over', () => {
    expect(of({ inForce: 1 })).toBe('try');
    expect(of({ trialAt: FACTS.now - 1, reverting: 1 })).toBe('wait');
    expect(of({ trialAt: FACTS.now - MINUTE, revertedAt: FACTS.now - MINUTE + 1 })).toBe('wait');
    expect(of({ trialAt: FACTS.now - MINUTE, revertedAt: FACTS.now - MINUTE })).toBe('resolve');
  });

  it('lets twice as long pass after each trial that failed, but never more than an hour', () => {
    const firstTry = (trials: number) => {
      for (let minutes = 0; ; minutes++)
        if (of({ inForce: 1, trials, loudUntil: FACTS.now - minutes * MINUTE }) === 'try') return minutes;
    };
    expect([0, 1, 2, 3, 10, 1_000].map(firstTry)).toEqual([0, 1, 3, 7, 60, 60]);
  });
});
