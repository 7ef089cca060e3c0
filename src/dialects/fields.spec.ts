import { fieldName, Fields } from './fields';

describe('fieldName', () => {
  it.each(['model', 'größe', 'x-1', 'a.b', 'limit[]', '$ref', '__proto__'])('repeats %j', (name) => {
    expect(fieldName(name)).toBe(name);
  });

  it.each(['', ' ', 'a\u0000b', 'a\nb', 'ada@example.org', 'my whole prompt', '\ud800', 'n'.repeat(65)])(
    'does not repeat %j',
    (name) => {
      expect(fieldName(name)).toBe('?');
    },
  );
});

describe('Fields', () => {
  const fields = new Fields({ known: 1, absent: null, 'a b': 1, next: 1 } as const, 'messages[0]');

  it('names what it does not know by path, and never by what the caller wrote into a name', () => {
    expect(fields.others(new Set(['known']))).toEqual(['messages[0].?', 'messages[0].next']);
    expect(() => fields.string('a b')).toThrow('messages[0].?: expected a string, got a number');
  });
});
