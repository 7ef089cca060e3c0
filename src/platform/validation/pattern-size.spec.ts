import { RE2JS } from 're2js';
import { patternSize } from './pattern-size';

it.each([
  'abc',
  '(?:abc){9}',
  '((a{10}){10}){5}',
  '[]a]{20}x',
  '[^\\]({]{20}',
  '\\(\\{3}',
  '(a|b){3,7}c{2,}',
  'a{0}b',
  '(?:a?){50}b',
  '^(\\d{4})-(\\d{2})$',
])('is about as large as what is made of it: %s', (source) => {
  const [estimate, real] = [patternSize(source), RE2JS.compile(source).programSize()];
  expect(estimate).toBeLessThanOrEqual(2 * real);
  expect(real).toBeLessThanOrEqual(2 * estimate + 4);
});

it.each(['', '(', ')))', '{3}', 'a{', '[', '[\\', '\\', '((((', 'a{99999}{99999}'])('takes anything: %j', (source) => {
  expect(patternSize(source)).toBeGreaterThanOrEqual(0);
});
