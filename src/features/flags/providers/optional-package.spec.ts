import { optionalPackage } from './optional-package';

describe('optionalPackage', () => {
  it('gives what is installed', () => {
    expect(optionalPackage<{ join: unknown }>('node:path', 'x', [])).toHaveProperty('join');
  });

  it('names the setting and the packages where it is not', () => {
    const missing = () => optionalPackage('@gatehouse/never-published', 'flags.provider of type x', ['one', 'other']);
    expect(missing).toThrow('flags.provider of type x needs what is not installed: npm install one other');
  });
});
