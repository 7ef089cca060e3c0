import { tagsOf } from './tags';

describe('tagsOf', () => {
  it.each([
    ['team-a', ['team-a']],
    [' team=support , feature:faq ,', ['feature:faq', 'team=support']],
    ['b,a,b', ['a', 'b']],
    [
      ['x/1', 'a.b'],
      ['a.b', 'x/1'],
    ],
    ['2026-11-28', ['2026-11-28']],
    [[], []],
  ])('takes %j', (value, tags) => {
    expect(tagsOf(value)).toEqual(tags);
  });

  it.each([
    [7],
    [{}],
    [[7]],
    ['a b'],
    ['ä'],
    ['-a'],
    ['a'.repeat(65)],
    [Array.from({ length: 11 }, (_, i) => `t${i}`)],
  ])('refuses %j', (value) => {
    expect(() => tagsOf(value)).toThrow(
      expect.objectContaining({ code: 'invalid_request', facts: { param: 'x-gatehouse-tags' } }),
    );
  });

  it('refuses what looks personal, as it would stand in reports', () => {
    const digits = ['529', '982', '247', '25'];
    expect(() => tagsOf(`customer:${digits.slice(0, 3).join('.')}-${digits[3]}`)).toThrow('personal data');
    expect(() => tagsOf(digits.join(''))).toThrow('personal data');
  });
});
