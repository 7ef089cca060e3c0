import { DeploySettings } from '../../../platform/config/deploy-settings';
import { compare } from './compare';
import type { Counts } from './counts';

const TOLERANCES = DeploySettings.parse({}).compare;
const fast = (count: number) => ({ '0.1': count, '1': count, '+Inf': count });
const slow = (count: number) => ({ '0.1': 0, '1': count, '+Inf': count });

function counted(changes: Partial<Counts> = {}): Counts {
  return {
    startedAt: 1,
    calls: 1_000,
    failed: 0,
    attempts: 1_000,
    failedAttempts: 0,
    fallbacks: 0,
    answers: 1_000,
    faults: 0,
    durations: fast(1_000),
    firstTokens: {},
    ...changes,
  };
}

describe('a new release', () => {
  it('is fine when it does what the old one did, faults included', () => {
    const bad = { failed: 50, failedAttempts: 200, fallbacks: 100 };
    expect(compare(counted(bad), counted(bad), TOLERANCES).is).toBe('fine');
  });

  it.each([
    ['failed calls', { failed: 30 }],
    ['faults seen by HAProxy', { faults: 30 }],
    ['failed attempts', { failedAttempts: 100 }],
    ['fallbacks', { fallbacks: 100 }],
    ['p95 ', { durations: slow(1_000) }],
    ['p95 of first tokens', { firstTokens: slow(1_000) }],
  ])('is worse with more of: %s', (what, changes) => {
    const verdict = compare(counted(changes), counted({ firstTokens: fast(1_000) }), TOLERANCES);
    expect(verdict).toEqual({ is: 'worse', says: [expect.stringContaining(what)] });
  });

  it('is not judged by single failures, nor by differences that nobody feels', () => {
    expect(compare(counted({ calls: 60, failed: 2 }), counted(), TOLERANCES).is).toBe('fine');
    const somewhat = { durations: { '0.1': 900, '0.15': 1_000, '+Inf': 1_000 } };
    expect(compare(counted(somewhat), counted({ durations: { '0.05': 1_000, '+Inf': 1_000 } }), TOLERANCES).is).toBe(
      'fine',
    );
  });

  it('is not called fine after too few calls, and worse all the same', () => {
    const few = { calls: 10, attempts: 10, answers: 10, durations: fast(10) };
    expect(compare(counted(few), counted(), TOLERANCES)).toEqual({
      is: 'few',
      says: ['10 of 50 calls to judge by'],
    });
    expect(compare(counted({ ...few, failed: 5 }), counted(), TOLERANCES).is).toBe('worse');
  });

  it('that answers nothing at all is worse as soon as HAProxy saw faults', () => {
    const dead = { calls: 0, attempts: 0, answers: 0, faults: 5, durations: {} };
    expect(compare(counted(dead), counted(), TOLERANCES)).toEqual({ is: 'worse', says: ['5 faults seen by HAProxy'] });
  });
});
