/** Words of texts about prompt injection, and of those that quote: what they quote is not what they ask for. */
const TALK = [
  'injection',
  'injecao',
  'inyeccion',
  'jailbreak attempt',
  'phrase',
  'sentence',
  'frase',
  'oracion',
  'what does',
  'que significa',
  'the meaning of',
  'attacker',
  'atacante',
  'red team',
  'classifier',
  'unit test',
  'test case',
  'regex',
  'detect',
  'owasp',
  'the words',
  'the string',
  'the literal',
  'the token',
  'chat template',
  'tokenizer',
  'assert',
  'const ',
  'def ',
  'import ',
  'return ',
  'function ',
  'console.',
  'print(',
  'messages=[',
  'messages = [',
  '"messages"',
  'parse',
  'escaped',
  'translate',
  'traduza',
  'traduce',
  'expect(',
];
const OPENING = new Set(['"', "'", '`', '“', '‘', '«', '「', '„']);
const CLOSING = new Set(['"', "'", '`', '”', '’', '»', '」', '“']);
/** How far from a phrase its quotation marks may stand. */
const REACH = 60;

/** Whether a text is about instructions rather than made of them. Easily feigned: it lowers a score and never clears it. */
export function isTalk(lower: string): boolean {
  return TALK.some((word) => lower.includes(word));
}

/** Whether a stretch of text begins with a quotation mark, or such marks stand around it on the same line. */
export function isQuoted(text: string, start: number, end: number): boolean {
  if (OPENING.has(text[start] as string)) return true;
  let opened = false;
  for (let at = start - 1; at >= Math.max(0, start - REACH) && text[at] !== '\n' && !opened; at--)
    opened = OPENING.has(text[at] as string) && (at === 0 || !/[a-z0-9]/i.test(text[at - 1] as string));
  if (!opened) return false;
  for (let at = end; at < Math.min(text.length, end + REACH) && text[at] !== '\n'; at++)
    if (CLOSING.has(text[at] as string) && !/[a-z0-9]/i.test(text[at + 1] ?? ' ')) return true;
  return false;
}
