import type { Tried } from '../contract/call';
import { NO_USAGE } from '../contract/reply';
import { wastedOf, withWasted } from './tries';

const useless: Tried = {
  provider: 'p',
  model: 'm',
  ms: 1,
  code: 'provider_failed',
  usage: { ...NO_USAGE, inputTokens: 5, outputTokens: 7 },
};
const answered: Tried = { provider: 'p', model: 'm', ms: 1 };

describe('what a call used', () => {
  it('has answers that were of no use in it, as far as their providers said what they took', () => {
    const usage = { ...NO_USAGE, inputTokens: 1 };
    expect(withWasted(usage, [useless, useless, answered])).toEqual({ ...NO_USAGE, inputTokens: 11, outputTokens: 14 });
    expect(withWasted(undefined, [useless])).toEqual(useless.usage);
  });

  it('tells whom was asked for what was of no use', () => {
    expect(wastedOf([useless, answered])).toEqual([{ target: 'p/m', usage: useless.usage }]);
    expect(wastedOf([answered])).toBeUndefined();
  });

  it('is not known where nobody said anything', () => {
    expect(withWasted(undefined, [{ ...answered, code: 'overloaded' }])).toBeUndefined();
    expect(withWasted(undefined)).toBeUndefined();
  });
});
