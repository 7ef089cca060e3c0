import { Random } from '../../../test/support/hostile/random';
import type { Finding } from './finding';
import { Scanner } from './scan';
import { slicesOf } from './slices';

const scanner = new Scanner();
const PARTS = [
  'CPF 529.982.247-25',
  'tel. (11) 98765-4321',
  'jo@example.com',
  '4111 1111 1111 1111',
  'the quick brown fox ',
  'IBAN DE89 3704 0044 0532 0130 00',
  '\n',
  ' ',
  ', ',
  'cnpj: 11222333000181 ',
  'order 12345678901',
  'nascido em 3 de maio de 1990',
  'jo%40example.com',
  Buffer.from('cpf 529.982.247-25').toString('base64'),
  'senha: Abc@1234',
  'a relva verde cresce devagar ',
  '１２３',
  '\u200b',
  'q',
  '0.30480781220',
  '2001:db8::1',
  '-----BEGIN PRIVATE ' + 'KEY-----\nAAAA\n',
];

function mixed(random: Random, length: number, separator: () => string): string {
  let text = '';
  while (text.length < length) text += PARTS[random.below(PARTS.length)] + separator();
  return text;
}
const shown = (text: string, findings: readonly Finding[]): string[] =>
  findings.map(({ entity, start, end }) => `${start} ${entity} ${text.slice(start, end)}`);
/** A clock by which every look at it costs so many milliseconds. */
const ticking = (step: number) => {
  let now = 0;
  return () => (now += step);
};

describe('scanning a long text', () => {
  it.each([1, 2, 3, 4])('finds what scanning it at once finds, wherever it is cut (seed %i)', async (seed) => {
    const random = new Random(seed);
    const text = mixed(random, 60_000, () => ' ' + (random.below(3) ? '' : 'e depois '));
    const at = shown(text, scanner.scan(text));
    expect(at.length).toBeGreaterThan(500);
    // the speed of the clock decides how long slices are
    for (const step of [0.1, 3, 20]) {
      const { findings, complete } = await scanner.scanLong(text, '', {
        clock: ticking(step),
        pause: async () => {},
        budgetMs: 1e9,
      });
      expect(complete).toBe(true);
      expect(shown(text, findings)).toEqual(at);
    }
  });

  it('loses nothing that lies across a cut', async () => {
    const random = new Random(5);
    for (let round = 0; round < 40; round++) {
      const filler = 'x;'.repeat(8_180 + random.below(40)) + ' '.repeat(random.below(3));
      const text = `${filler}CPF 529.982.247-25, cartão 4111 1111 1111 1111 e jo@example.com ${filler}`;
      const { findings } = await scanner.scanLong(text);
      expect(findings.map(({ entity }) => entity)).toEqual(['BR_CPF', 'CREDIT_CARD', 'EMAIL']);
    }
  });

  it('cuts a text into slices that follow each other', () => {
    const text = mixed(new Random(6), 100_000, () => '');
    let last = 0;
    for (const { start, end, from, to } of slicesOf(text, () => 4_096)) {
      expect([start, end > start, from <= start, to >= end, to - from < 24_000]).toEqual([
        last,
        true,
        true,
        true,
        true,
      ]);
      last = end;
    }
    expect(last).toBe(text.length);
  });

  it('counts what stands before the text as its context, at its beginning only', async () => {
    const text = `52998224725 ${'nothing to see here. '.repeat(1_000)} 36487512`;
    const { findings } = await scanner.scanLong(text, 'cpf');
    expect(findings).toEqual([{ entity: 'BR_CPF', start: 0, end: 11, confidence: 1, validated: true }]);
  });

  it('lets others have a turn whenever 8 ms have passed', async () => {
    let turns = 0;
    const pause = async (): Promise<void> => void turns++;
    await scanner.scanLong('word '.repeat(40_000), '', { clock: ticking(5), pause, budgetMs: 1e9 });
    expect(turns).toBeGreaterThan(5);
    turns = 0;
    await scanner.scanLong('word '.repeat(40_000), '', { clock: () => 0, pause });
    expect(turns).toBe(0);
  });

  it('gives up when its own work exceeds the budget, with what it has found', async () => {
    const text = 'CPF 529.982.247-25 and so on and on. '.repeat(3_000);
    const { findings, complete } = await scanner.scanLong(text, '', {
      clock: ticking(10),
      pause: async () => {},
      budgetMs: 55,
    });
    expect(complete).toBe(false);
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.length).toBeLessThan(3_000);
  });

  it('does not count the time of others', async () => {
    let now = 0;
    const limits = { clock: () => (now += 9), pause: async () => void (now += 10_000), budgetMs: 2_000 };
    expect((await scanner.scanLong('word '.repeat(20_000), '', limits)).complete).toBe(true);
  });

  /** What would take steps that grow faster than the text if a pattern were careless. */
  const HOSTILE = [
    '1',
    '@',
    'a.',
    'A0',
    '-',
    'e\u0301',
    '\u0301',
    '\u200b',
    '1\u200b',
    '%25',
    '%2525%40',
    'a@b.c',
    '1 ',
    '11.',
    '(11',
    '+1 (415) ',
    'password=',
    'QUJD',
    'eyJ',
    'eyJaaaaaaaaaaa.',
    '-----BEGIN PRIVATE ' + 'KEY-----',
    '1:',
    'a://b:',
    '\ufdfa',
    '１',
    'GB82 WEST ',
    '12/03/1985 born ',
    '0x',
    'bearer ',
    'senha é ',
    '....!',
    'DE89',
  ];
  it.each(HOSTILE)('takes time in proportion to %j repeated', async (unit) => {
    const time = async (length: number): Promise<number> => {
      const text = unit.repeat(length / unit.length);
      const start = performance.now();
      await scanner.scanLong(text, '', { budgetMs: 60_000 });
      return performance.now() - start;
    };
    await time(20_000);
    const short = await time(40_000);
    // twice the text: generously, as others use the machine
    expect(await time(80_000)).toBeLessThan(short * 20 + 500);
  });
});
