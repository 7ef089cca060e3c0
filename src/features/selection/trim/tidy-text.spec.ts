import { Random } from '../../../../test/support/hostile/random';
import { blocksOf } from './blocks';
import { tidyText } from './tidy-text';

const words = (text: string): string => text.replace(/\s/g, '');

describe('blocksOf', () => {
  it.each([
    ['', []],
    ['a\nb', ['prose']],
    ['\n\na\n\n\nb\n', ['gap', 'prose', 'gap', 'prose', 'gap']],
    ['a\n```\n\nx\n```\nb', ['prose', 'gap', 'code', 'gap', 'prose']],
    ['~~~\nx\n```\n~~~~ \n', ['code', 'gap']],
    ['```\nnever closed\n\n', ['code']],
    ['a\r\n\r\nb\r\n', ['prose', 'gap', 'prose', 'gap']],
    ['    ```\nno fence', ['prose']],
  ])('cuts %j into %j', (text, kinds) => {
    const blocks = blocksOf(text);
    expect(blocks.map(({ kind }) => kind)).toEqual(kinds);
    expect(blocks.map((block) => block.text).join('')).toBe(text);
  });
});

describe('tidyText', () => {
  it.each([
    ['blanks at the ends of lines', 'One. \t\nTwo.  \nThree.', 'One.\nTwo.\nThree.'],
    ['two spaces between sentences', 'One.  Two.', 'One. Two.'],
    ['blank lines beyond one', 'One.\n\n \n\n\nTwo.', 'One.\n\nTwo.'],
    ['line ends of Windows', 'One. \r\nTwo.\r\n\r\n\r\nThree.', 'One.\r\nTwo.\r\n\r\nThree.'],
  ])('leaves out %s', (_what, text, tidy) => expect(tidyText(text)).toBe(tidy));

  it.each([
    ['the beginning and the end', '  One.\n\n\n'],
    ['fenced code', 'Look:\n```\na  = 1  \n\n\n\nb\n```\nDone.'],
    ['what follows a fence', '```\nx\n```\n\n\nDone.'],
    ['code whose fence is not closed', 'Look:\n```\na  \n\n\n\nb  '],
    ['indented text', 'Look:\n    a  b  \n\n\n    c'],
    ['a table', 'a | b\n--|--\n1  | 2  '],
    ['columns', 'Name  Age\nAna   7\nBob   12'],
    ['tabs between words', 'a\tb  c'],
    ['a quotation', 'How many blanks are in "a  b"?'],
    ['a quotation in single quotes', "Repeat 'a  b' now"],
    ['JSON', '{"a":  "x  y"}\n\n\n\n{"b": 1}'],
    ['JSON in a sentence', 'The answer was {"a":  1}. Why?'],
    ['markup', '<p>a  b</p>'],
    ['what may be shown as it is', 'See <pre>a\n\n\n\nb</pre>'],
    ['a program without a fence', 'import os\n\n\n\nprint(os.name);  \nx = 1;'],
    ['other blanks than spaces', 'a\u00a0\u00a0b\u2003\u2003c'],
  ])('leaves %s alone', (_what, text) => expect(tidyText(text)).toBe(text));

  const SEED = Number(process.env['GATEHOUSE_TEST_SEED'] ?? 20261128);
  const PIECES = [
    ' ', '  ', '\t', '\n', '\n\n\n', '\r\n', '```', '~~~', 'word', 'two words', '. ', '|', '{', '"', "'", '    in', 'x = 1;', '\u00a0', '😀', '`', '- ',
  ] as const; // prettier-ignore

  it(`only ever leaves out blanks, whatever the text (seed ${SEED})`, () => {
    const random = new Random(SEED);
    for (let round = 0; round < 4_000; round++) {
      const text = Array.from({ length: random.below(40) }, () => random.pick(PIECES)).join('');
      const tidy = tidyText(text);
      expect(words(tidy)).toBe(words(text));
      expect(tidy.length).toBeLessThanOrEqual(text.length);
      expect(tidyText(tidy)).toBe(tidy);
      const code = (of: string) => blocksOf(of).flatMap(({ kind, text: block }) => (kind === 'code' ? block : []));
      expect(code(tidy)).toEqual(code(text));
      expect(
        blocksOf(text)
          .map((block) => block.text)
          .join(''),
      ).toBe(text);
    }
  });

  it.each(['a  ', ' ', '\n', 'a \n', '```\n', "'", 'a\n\n\n', '\t\n', ' \r\n', '<pre', '= '])(
    'reads half a megabyte of %j in time',
    (part) => {
      const started = performance.now();
      tidyText(`a${part.repeat(499_000 / part.length)}`);
      expect(performance.now() - started).toBeLessThan(1_000);
    },
  );
});
