import type { Page } from '../page';
import { Alphabet, DIGITS, LETTERS, type Run } from '../text/alphabet';
import { matchEnd } from './number-detector';

/** What keys and tokens are spelt with; each of those below has at least so many characters. */
const SPELLING = new Alphabet(`${DIGITS}${LETTERS}+/=._~-`);
const SHORTEST = 15;
/** Keys that their issuer's prefix gives away. */
const PREFIXED = new RegExp(
  `(?<![0-9A-Za-z_-])(?:${[
    '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}', // AWS
    'AIza[0-9A-Za-z_-]{35}', // Google
    'GOCSPX-[0-9A-Za-z_-]{28}',
    'ya29\\.[0-9A-Za-z_-]{20,1024}',
    'sk-[0-9A-Za-z_-]{20,255}', // OpenAI, Anthropic
    '(?:ghp|gho|ghu|ghs|ghr)_[0-9A-Za-z]{36,255}', // GitHub
    'github_pat_[0-9A-Za-z_]{40,255}',
    'gl(?:pat|dt|rt|soat|ptt|cbt)-[0-9A-Za-z_.-]{20,255}', // GitLab
    'xox[abeoprs]-[0-9A-Za-z-]{10,255}', // Slack
    'xapp-[0-9A-Za-z-]{20,255}',
    '(?:sk|rk|pk)_(?:live|test)_[0-9A-Za-z]{16,255}', // Stripe
    'whsec_[0-9A-Za-z+/=]{24,255}',
    'gh_[0-9A-Za-z_-]{43}', // this gateway
    'hf_[0-9A-Za-z]{30,64}', // Hugging Face
    'npm_[0-9A-Za-z]{36}',
    'SG\\.[0-9A-Za-z_-]{16,64}\\.[0-9A-Za-z_-]{16,64}', // SendGrid
    'eyJ[0-9A-Za-z_-]{8,2048}\\.eyJ[0-9A-Za-z_-]{8,4096}\\.[0-9A-Za-z_-]{0,1024}', // JSON web token
  ].join('|')})(?![0-9A-Za-z])`,
  'g',
);
const PEM = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const PEM_REST = /(?:[0-9A-Za-z+/=\s:,\\]|-(?!-)){0,4096}/y;
const PEM_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
const BEARER = /(?<![0-9A-Za-z])(?:bearer|basic) {1,4}([0-9A-Za-z._~+/-]{16,1024}={0,2})/gi;
const IN_URL = /[a-z][a-z0-9+.-]{1,15}:\/\/[^\s:/@"'<>]{0,64}:([^\s/@"'<>]{3,128})@/gi;

/** Keys, tokens, private keys and words to get in. */
export function detectSecrets(page: Page): void {
  const { text } = page;
  const first = SPELLING.run(text, SHORTEST);
  for (let run = first; run; run = SPELLING.run(text, SHORTEST, run.end)) detectPrefixed(page, run);
  if (text.includes('-----BEGIN ')) detectPrivateKeys(page);
  for (const match of first ? text.matchAll(BEARER) : []) {
    const start = match.index + match[0].length - match[1].length;
    if (isRandom(match[1])) page.add('SECRET', start, start + match[1].length, 0.85, false, 0);
  }
  if (text.includes('://'))
    for (const match of text.matchAll(IN_URL)) {
      const start = match.index + match[0].length - 1 - match[1].length;
      if (!isPlaceholder(match[1])) page.add('SECRET', start, start + match[1].length, 0.8, false, 0);
    }
  detectAssignments(page);
}

function detectPrefixed(page: Page, { start, end }: Run): void {
  for (const { 0: written, index } of page.text.slice(start, end).matchAll(PREFIXED))
    if (/[A-Z0-9]/.test(written.slice(4)) && entropy(written) >= 2.5 && !BLANK.test(written))
      page.add('SECRET', start + index, start + index + written.length, 0.95, false, 0);
}

function detectPrivateKeys(page: Page): void {
  const { text } = page;
  for (const { 0: head, index } of text.matchAll(PEM)) {
    const rest = matchEnd(PEM_REST, text, index + head.length);
    page.add('SECRET', index, matchEnd(PEM_END, text, rest) || rest, 0.95, false, 0);
  }
}

const ASSIGNED =
  /(?:passw(?:or)?d|passphrase|pwd|pass|senha|contrase(?:ñ|n)a|clave|secret|segredo|token|api[_ -]?key|apikey|access[_-]?key|private[_-]?key|auth|credentials?|chave)[a-z_]{0,12}["'\]]{0,2}[ \t]{0,3}(?::=|=>|[:=\u2063]|(?: (?:is|é|e|es) ))[ \t]{0,3}(["'`]?)([^\s"'`,;<>(){}]{6,256})/giu;
const WORDLIKE = /^[A-Za-z_$][\p{L}_$.[\]:?!/-]*$/u;

/** `password = …`, `"api_key": "…"`, `senha: …`: values that look chosen or drawn, not words, calls or references. */
function detectAssignments(page: Page): void {
  for (const match of page.text.matchAll(ASSIGNED)) {
    const value = match[2].replace(/[.!?:]+$/, '');
    if (value.length < 6 || isPlaceholder(value) || WORDLIKE.test(value)) continue;
    const start = match.index + match[0].length - match[2].length;
    const isPass = /^(?:pass|pwd|senha|contras|clave)/i.test(match[0]);
    // a quoted password may be short; anything else must look drawn
    if (isPass ? !/[\d\W_]/.test(value) : !isRandom(value) || value.length < 12) continue;
    page.add('SECRET', start, start + value.length, match[1] || entropy(value) >= 3 ? 0.75 : 0.6, false, 0);
  }
}

/** What documents put in place of a key; one that is merely called an example may work all the same. */
const BLANK = /x{6}|\.{3}|your[_-]|changeme|placeholder|redacted/i;
const PLACEHOLDER =
  /^[$<{%*#.x]|process\.env|^(?:\*+|x+|\.+)$|example|changeme|your[_-]|placeholder|redacted|^(?:null|undefined|true|false)$/i;
const isPlaceholder = (value: string): boolean => PLACEHOLDER.test(value) || /^(.)\1*$/.test(value);

/** Whether it looks drawn by lot: letters and digits, and enough different ones. */
function isRandom(value: string): boolean {
  return /\d/.test(value) && /[A-Za-z]/.test(value) && entropy(value) >= 3 && !isPlaceholder(value);
}

/** Shannon's entropy in bits for each character. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
