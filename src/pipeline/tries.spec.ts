import type { Tried } from '../contract/call';
import { recordedTries, unknownModels } from './tries';

const answered: Tried = { provider: 'p', model: 'm', key: 1, ms: 12.6 };
const busy: Tried = { ...answered, code: 'overloaded' };
const unknown: Tried = { provider: 'q', model: 'ada@example.org', code: 'model_not_found', ms: 1 };

describe('recordedTries', () => {
  it('is nothing when nothing was tried, or the first try succeeded', () => {
    expect(recordedTries()).toBeNull();
    expect(recordedTries([])).toBeNull();
    expect(recordedTries([answered])).toBeNull();
  });

  it('tells every other course, in whole milliseconds', () => {
    expect(recordedTries([busy])).toEqual([{ ...busy, ms: 13 }]);
    expect(recordedTries([busy, answered])).toEqual([
      { ...busy, ms: 13 },
      { ...answered, ms: 13 },
    ]);
  });

  it('is bounded', () => {
    expect(recordedTries(Array.from({ length: 50 }, () => busy))).toHaveLength(20);
  });

  it('does not tell a name that a provider did not know', () => {
    expect(recordedTries([unknown, answered])?.[0]).toEqual({ ...unknown, model: null });
    expect(unknownModels([unknown, answered])).toEqual(['ada@example.org']);
  });
});
