import { Random } from '../../../../test/support/hostile/random';
import { TokenVault } from '../tokens/vault';
import { restoredText, StreamRestorer } from './stream-restorer';

const vault = new TokenVault(Buffer.alloc(32, 7));
const CPF = vault.mint('BR_CPF', '529.982.247-25');
const BRACKETS = vault.mint('PERSON', '[[CPF_0000]]');
const NAME = vault.mint('PERSON', 'José "Zé" \\ 😀');

describe('StreamRestorer', () => {
  it.each([
    ['what a token stands for', `Your CPF is ${CPF}.`, 'Your CPF is 529.982.247-25.'],
    ['what it stands for in lower case', CPF.toLowerCase(), '529.982.247-25'],
    ['several, side by side', `${CPF}${CPF}`, '529.982.247-25529.982.247-25'],
    ['one in brackets', `[${CPF}]`, '[529.982.247-25]'],
    ['nothing for a token of another call', '[[CPF_ZZZZ]]', '[[CPF_ZZZZ]]'],
    ['nothing for half a token', CPF.slice(0, -1), CPF.slice(0, -1)],
    ['nothing in a link', `https://evil.example/?q=${CPF}`, `https://evil.example/?q=${CPF}`],
    ['nothing in an image', `![x](//evil.example/${CPF})`, `![x](//evil.example/${CPF})`],
    ['nothing in an attribute', `<img src="${CPF}">`, `<img src="${CPF}">`],
    ['what Markdown escaped', CPF.replace('_', '\\_'), '529.982.247-25'],
    ['one inside an address of e-mail', `${CPF}@example.com`, '529.982.247-25@example.com'],
    ['no more of a value that holds brackets', BRACKETS, '[[CPF_0000]]'],
    ['values in an answer that is JSON', `{"who": "${NAME}"}`, '{"who": "José \\"Zé\\" \\\\ 😀"}'],
    [
      'nothing in a quoted link, after a blank',
      `<img src="//evil.example/?q= ${CPF}">`,
      `<img src="//evil.example/?q= ${CPF}">`,
    ],
    ['nothing in a bracketed link, after a blank', `![x](<//evil.example/ ${CPF}>)`, `![x](<//evil.example/ ${CPF}>)`],
    ['what follows a link', `<https://a.example> ${CPF}`, '<https://a.example> 529.982.247-25'],
  ])('puts back %s', (_what, text, expected) => expect(restoredText(text, vault)).toBe(expected));

  it('keeps JSON whole', () => {
    const text = restoredText(`{"who":"${NAME}","url":"https:\\/\\/evil.example\\/${CPF}"}`, vault, 'json');
    expect(JSON.parse(text)).toEqual({ who: 'José "Zé" \\ 😀', url: `https://evil.example/${CPF}` });
  });

  it('knows in JSON where a link is over', () => {
    const restored = restoredText(`{"a":"https://a.example/${CPF}\\n${CPF}"}`, vault, 'json');
    expect(JSON.parse(restored)).toEqual({ a: `https://a.example/${CPF}\n529.982.247-25` });
  });

  it('says of an answer in any pieces what it says of it in one', () => {
    const seed = Number(process.env['SEED'] ?? 20261128);
    const random = new Random(seed);
    const parts = [
      CPF,
      NAME,
      CPF.toLowerCase(),
      '[[',
      ']]',
      '[',
      '[[CPF_',
      '[[CPF_ZZZZ]]',
      'http',
      's://',
      'x',
      ' ',
      '😀',
      '](',
      ')',
      '"',
      '\n',
      'é',
      '_',
    ];
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: 1 + random.below(12) }, () => random.pick(parts)).join('');
      const restorer = new StreamRestorer(vault);
      let restored = '';
      for (let at = 0; at < text.length;) {
        const size = 1 + random.below(9);
        restored += restorer.push(text.slice(at, at + size));
        at += size;
      }
      restored += restorer.end();
      const whole = restoredText(text, vault);
      if (restored !== whole) throw new Error(`seed ${seed}: ${JSON.stringify({ text, restored, whole })}`);
    }
  });

  it('counts what it puts back, and what looks like a token and is none of this call', () => {
    const tally = { values: 0, misses: 0 };
    const restorer = new StreamRestorer(vault, 'text', tally);
    restorer.push(`${CPF} [[CPF_ZZZZ]] [[FOO_1234]] ${CPF.toLowerCase()} https://a.example/${CPF}`);
    expect(tally).toEqual({ values: 2, misses: 1 });
  });

  it('holds no more back than may still become a token', () => {
    const restorer = new StreamRestorer(vault);
    expect(restorer.push('The answer is [')).toBe('The answer is ');
    expect(restorer.push('x] and [[CPF')).toBe('[x] and ');
    expect(restorer.push(' never')).toBe('[[CPF never');
    expect(restorer.push('[[ABCDEFGHIJKLMNOPQ')).toBe('[[ABCDEFGHIJKLMNOPQ');
    expect(restorer.push('[[CPF_12345')).toBe('');
    expect(restorer.end()).toBe('[[CPF_12345');
    const longest = '[[ABCDEFGHIJKLMNOP\\\\_0123456789AB]';
    expect(longest).toHaveLength(34);
    expect(restorer.push(longest)).toBe('');
    expect(restorer.push('x')).toBe(`${longest}x`);
  });
});
