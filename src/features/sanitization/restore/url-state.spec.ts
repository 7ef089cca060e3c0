import { Random } from '../../../../test/support/hostile/random';
import { UrlState } from './url-state';

const inUrlAfter = (text: string, json = false): boolean => {
  const state = new UrlState(json);
  state.pass(text);
  return state.inUrl;
};

describe('UrlState', () => {
  it.each([
    'https://evil.example/?q=',
    'HTTP:',
    'go to www.',
    '//evil.example/',
    '/\\evil.example/',
    '[x](evil',
    '![x](/\\evil.example/',
    '![x](<https://evil.example/?q= ',
    '![x]( <//evil.example/ and ',
    '[x]: <//evil.example/ and ',
    '<img src="//evil.example/?q= ',
    "<img src = '//evil.example/?q= \n",
    '<img srcset="//evil.example/a 2x, b',
    '<form action="//evil.example/ > ',
    '<p style="background: url(x) ',
    '<img src=\\"//evil.example/?q= ',
    // a target in Markdown holds all of these
    '![x](https://evil.example/?q=`',
    '![x](https://evil.example/?q="',
    '![x](//evil.example/\u00a0',
    '![x](//evil.example/<',
    '![x](//evil.example/>',
    '![x](https&#58;//evil.example/`',
    '![x]( https://evil.example/"',
    '[x]: https://evil.example/?q="',
    '[x]: https://evil.example/)<',
    // brackets in it come in pairs
    '![x](//evil.example/(a)<',
    '![x](//evil.example/](a)<',
    '![x](//evil.example/\\)<',
    // nor do quotes that are none end an attribute
    '<img src=//evil.example/?q="',
    '<img src=//evil.example/![x](y)"<',
    '<a x="//a.example"src=//evil.example/?q="',
    // either reading is enough
    'src="![x](//evil.example/?q="',
    '"https://a.example/![x](//evil.example/?q="',
    '{"a":"![x](//evil.example/?q="',
    'https://evil.example/?q="',
    'https://evil.example/?q=`',
    'mailto:a@evil.example?body=',
    '[![x](//a.example)](//evil.example/?q="',
  ])('knows that %j leads into a link', (text) => expect(inUrlAfter(text)).toBe(true));

  it.each([
    '',
    'a: b',
    'and/or',
    'see https://a.example now',
    '<https://a.example>',
    '![x](<https://a.example> "',
    '<img src="//a.example" alt="',
    "<img src='//a.example'> ",
    'x = "y ',
    'https://a.example\n',
    '"https://a.example","',
    '{"a":"see https://a.example","b":"',
    '{"a":"see [x](https://a.example)","b":"',
    '[x](https://a.example)<br>',
    '<td>https://a.example</td><td>',
    '<img src=//a.example>',
  ])('knows that %j leads into none', (text) => expect(inUrlAfter(text)).toBe(false));

  it('takes escapes in JSON for the blanks that they are', () => {
    expect(inUrlAfter('{"a":"https://a.example\\n', true)).toBe(false);
    expect(inUrlAfter('{"a":"https://a.example\\\\n', true)).toBe(true);
    expect(inUrlAfter('{"a":"https:\\/\\/a.example\\/', true)).toBe(true);
    expect(inUrlAfter('https://a.example\\n')).toBe(true);
    expect(inUrlAfter('{"a":"![x](//a.example","b":"', true)).toBe(false);
    expect(inUrlAfter('{"a":"![x](//a.example/?q=\\"', true)).toBe(true);
    expect(inUrlAfter('{"a":"<img src=\\"//a.example/ ', true)).toBe(true);
  });

  it('knows of a text in any pieces what it knows of it in one', () => {
    const seed = Number(process.env['SEED'] ?? 20261128);
    const random = new Random(seed);
    const parts = [
      'https://',
      '](',
      '<',
      '>',
      '"',
      "'",
      ' ',
      'src',
      '=',
      '\\',
      'n',
      '/',
      'x'.repeat(40),
      '[x]:',
      '\n',
      '(',
      ')',
      '`',
      '{"',
      '<img src=',
      'mailto:',
    ];
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: 1 + random.below(12) }, () => random.pick(parts)).join('');
      const json = random.chance(0.5);
      const state = new UrlState(json);
      for (let at = 0; at < text.length;) {
        const size = 1 + random.below(9);
        state.pass(text.slice(at, at + size));
        at += size;
      }
      if (state.inUrl !== inUrlAfter(text, json)) throw new Error(`seed ${seed}: ${JSON.stringify(text)}`);
    }
  });
});
