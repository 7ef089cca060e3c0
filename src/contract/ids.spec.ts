import { isUuid, uuidv7 } from './ids';

describe('uuidv7', () => {
  it('is a version 7 UUID of its moment', () => {
    const id = uuidv7(1_700_000_000_000);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isUuid(id)).toBe(true);
  });

  it('sorts by order of creation, also within a millisecond and when the clock steps back', () => {
    const now = Date.now();
    const ids = Array.from({ length: 20_000 }, (_, i) => uuidv7(now - (i % 3)));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
