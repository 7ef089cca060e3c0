import { presentedKey } from './presented-key';

describe('presentedKey', () => {
  it('reads a bearer token, whatever the case of the scheme, and x-api-key', () => {
    expect(presentedKey({ authorization: 'Bearer gh_a' })).toBe('gh_a');
    expect(presentedKey({ authorization: 'bearer gh_a' })).toBe('gh_a');
    expect(presentedKey({ 'x-api-key': 'gh_a' })).toBe('gh_a');
  });

  it('takes both when they agree and refuses them when they do not', () => {
    expect(presentedKey({ authorization: 'Bearer gh_a', 'x-api-key': 'gh_a' })).toBe('gh_a');
    expect(() => presentedKey({ authorization: 'Bearer gh_a', 'x-api-key': 'gh_b' })).toThrow('different keys');
  });

  it('ignores what a proxy put into Authorization when x-api-key is there', () => {
    expect(presentedKey({ authorization: 'Basic dTpw', 'x-api-key': 'gh_a' })).toBe('gh_a');
  });

  it.each([
    {},
    { authorization: '' },
    { 'x-api-key': ' ' },
    { authorization: 'Bearer ' },
    { authorization: 'Basic dTpw' },
  ])('refuses %j', (headers) => {
    expect(() => presentedKey(headers)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  });
});
