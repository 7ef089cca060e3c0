import { ENTITIES } from '../../../contract/entities';
import { operators } from './operators';
import { TOKEN_LABELS } from './token-labels';
import { TokenVault } from './vault';

const vault = new TokenVault(Buffer.alloc(32, 1));
const operate = operators(vault, (text) => Buffer.from(text).toString('hex'));

it.each([
  ['mask', '529.982.247-25', '***.***.*47-25'],
  ['mask', 'ana@example.com', '***@******e.com'],
  ['mask', '12', '*2'],
  ['mask', 'é', '*'],
  ['redact', '529.982.247-25', ''],
  ['replace', '529.982.247-25', '<CPF>'],
  ['keep', '529.982.247-25', '529.982.247-25'],
  ['block', '529.982.247-25', '<CPF>'],
] as const)('%s makes of %s %s', (operator, value, expected) => {
  expect(operate(operator, 'BR_CPF', value)).toBe(expected);
});

it('tokenize makes a token that leads back, hash one that does not', () => {
  expect(vault.valueOf(operate('tokenize', 'BR_CPF', '1'))).toBe('1');
  expect(operate('hash', 'BR_CPF', '1')).toMatch(/^\[\[CPF#[0-9a-f]{12}\]\]$/);
  expect(operate('hash', 'BR_CPF', '1')).toBe(operate('hash', 'BR_CPF', '1'));
});

it('no two kinds of data share a label', () => {
  expect(new Set(Object.values(TOKEN_LABELS)).size).toBe(ENTITIES.length);
  for (const label of Object.values(TOKEN_LABELS)) expect(label).toMatch(/^[A-Z]{2,16}$/);
});
