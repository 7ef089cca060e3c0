import { isCodeLine } from './code-line';

describe('isCodeLine', () => {
  it.each([
    'const total = prices.reduce(sum);', 'def main(argv):', 'if (x > 1) {', '}', 'import os', "import { z } from 'zod'", 'return x[0]',
    '#include <stdio.h>', 'SELECT * FROM orders', '<div class="a">', '$ npm start', 'total = 3;', 'print(total);', '>>> x', 'items.map((x) =>',
  ])('takes %j for code', (line) => expect(isCodeLine(line)).toBe(true)); // prettier-ignore

  it.each([
    'For all of our customers (and there are many), this holds.', 'for the company and its friends', 'first item;', 'See below:',
    'What follows (see the annex):', 'return to sender', 'Import duties are due', 'let me think about it', 'class of 1999', 'Dear Ana,', '',
    'if you can, call me', '$ 5 million', 'o prazo (de 10 dias);',
  ])('takes %j for prose', (line) => expect(isCodeLine(line)).toBe(false)); // prettier-ignore

  it.each(['(', '=', 'a(', 'for ', 'a = ', '<a'])('reads a megabyte of %j at once', (part) => {
    const started = performance.now();
    isCodeLine(part.repeat(1_000_000));
    expect(performance.now() - started).toBeLessThan(200);
  });
});
