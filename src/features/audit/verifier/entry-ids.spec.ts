import { randomUUID } from 'node:crypto';
import { uuidv7 } from '../../../contract/ids';
import { EntryIds } from './entry-ids';

describe('ids of entries', () => {
  it('are known again, and others are not', () => {
    const ids = new EntryIds();
    const made = Array.from({ length: 20_000 }, (_, i) => (i % 2 ? uuidv7() : randomUUID()));
    expect(made.filter((id) => !ids.add(id))).toEqual([]);
    expect(made.filter((id) => ids.add(id))).toEqual([]);
  });

  it('may consist of zeroes', () => {
    const ids = new EntryIds();
    const zero = '00000000-0000-0000-0000-000000000000';
    expect([ids.add(zero), ids.add(zero)]).toEqual([true, false]);
  });
});
