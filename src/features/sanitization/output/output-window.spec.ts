import { Random } from '../../../../test/support/hostile/random';
import { Scanner } from '../scan';
import { OutputWindow } from './output-window';

const scanner = new Scanner();
const sure = (text: string) => scanner.scan(text).filter(({ confidence }) => confidence >= 0.5);
const masking = () => new OutputWindow(sure, ({ entity }) => `<${entity}>`);

function inPieces(text: string, sizes: () => number): string {
  const window = masking();
  let masked = '';
  for (let at = 0; at < text.length;) {
    const size = sizes();
    masked += window.push(text.slice(at, at + size));
    at += size;
  }
  return masked + window.end();
}

function inOne(text: string): string {
  let masked = '';
  let at = 0;
  for (const { start, end, entity } of sure(text)) {
    masked += `${text.slice(at, start)}<${entity}>`;
    at = end;
  }
  return masked + text.slice(at);
}

describe('OutputWindow', () => {
  it('lets prose pass word by word', () => {
    const window = masking();
    expect(window.push('The answer ')).toBe('The answer ');
    expect(window.push('is fort')).toBe('is ');
    expect(window.push('y-two. ')).toBe('forty-two. ');
    expect(window.end()).toBe('');
  });

  it('masks what comes in pieces', () => {
    const pieces = [
      'Write to an',
      'a@exam',
      'ple.com',
      ' or ',
      '529.98',
      '2.247',
      '-25',
      ' or 4111 11',
      '11 1111 ',
      '1111',
      '.',
    ];
    const window = masking();
    const said = pieces.map((piece) => window.push(piece)).join('') + window.end();
    expect(said).toBe('Write to <EMAIL> or <BR_CPF> or <CREDIT_CARD>.');
  });

  it('masks in any pieces what it masks in one', () => {
    const seed = Number(process.env['SEED'] ?? 20261128);
    const random = new Random(seed);
    const parts = [
      'CPF 529.982.247-25',
      'ana@example.com',
      '4111 1111 1111 1111',
      'the',
      'call',
      '+1 212 555 0142',
      'é',
      '😀',
      '\n',
      '.',
      ', ',
      '12',
      '192.168.0.17',
      'IBAN GB29 NWBK 6016 1331 9268 19',
      'mt84 malt 0110 0001 2345 mtlc ast0 01s',
      '4111\u00a01111\u00a01111\u00a01111',
      'CPF 529\u200b.982\u2013.247-25',
      'CPF ５２９.９８２.２４７-２５',
      "d'Ávila.joão@exemplo.com.br",
      'nascida em 12 de março de 1985',
      'born March 12, 1985',
      'password: hunter22xyz',
    ];
    for (let round = 0; round < 2_000; round++) {
      const text = Array.from({ length: 1 + random.below(8) }, () => random.pick(parts)).join(' ');
      const masked = inPieces(text, () => 1 + random.below(9));
      const whole = inOne(text);
      if (masked !== whole) throw new Error(`seed ${seed}: ${JSON.stringify({ text, masked, whole })}`);
    }
  });

  it('masks all of a private key that follows its first line', () => {
    const lines = Array.from({ length: 20 }, () => `${'Ab1/'.repeat(16)}\n`);
    const label = ['PRIVATE', 'KEY'].join(' ');
    const key = `-----BEGIN ${label}-----\n${lines.join('')}-----END ${label}-----`;
    // the last line says nothing
    expect(inPieces(`Here: ${key} it is`, () => 7)).toMatch(
      /^Here: -----BEGIN PRIVATE <SECRET>(-----END [A-Z ]+-----)? it is$/,
    );
  });

  it('reports once what goes on', () => {
    const found: string[] = [];
    const window = new OutputWindow(sure, ({ entity }) => (found.push(entity), '*'));
    for (const piece of ['CPF 529.982', '.247-25', ' and ', 'ana@exam', 'ple.com', '.']) window.push(piece);
    window.end();
    expect(found).toEqual(['BR_CPF', 'EMAIL']);
  });

  it('does not hold back without end', () => {
    const window = masking();
    expect(window.push('a'.repeat(5_000)).length).toBeGreaterThan(3_000);
  });
});
