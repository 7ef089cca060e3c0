import type { Page } from '../page';

const LOCAL = 64;
const DOMAIN = 253;
/** Ends of file names and of versions that look like the last part of a domain: sprite@2x.png, tool@1.0.0-beta.rc. */
const NO_DOMAIN = new Set(
  'png jpg jpeg gif svg webp ico css scss less js mjs cjs jsx ts tsx json map html htm xml yml yaml md txt log bak tmp java py rb php exe dll'.split(
    ' ',
  ),
);
const VERSION = /^v?\d+\.\d+\.\d/;
const LAST_LABEL = /^(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59}|[^\0-\x7f]{2,24})$/i;
const LABEL = /^[^-.](?:.{0,61}[^-.])?$/;

/** Where scripts that do not put spaces between words begin: there an address ends where ASCII does. */
const UNSPACED = 0x2e80;
const isAlphanumeric = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
const isLetter = (code: number, unspaced: boolean): boolean =>
  code >= 0xc0 &&
  code !== 0xd7 &&
  code !== 0xf7 &&
  !(code >= 0x2000 && code < UNSPACED) &&
  (code < UNSPACED || unspaced);
const isLocal = (code: number, unspaced: boolean): boolean =>
  isAlphanumeric(code) || "!#$&'*+-._".includes(String.fromCharCode(code)) || code === 37 || isLetter(code, unspaced);

/** E-mail addresses. The work for one `@` is bounded by the longest address there can be. */
export function detectEmails(page: Page): void {
  const { text } = page;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at);
    if (start === at) continue;
    const end = domainEnd(text, at + 1);
    if (!end || isRemote(text, start, at, end)) continue;
    page.add('EMAIL', start, end, 0.9, false, 0);
  }
}

function localStart(text: string, at: number): number {
  const unspaced = text.charCodeAt(at - 1) >= UNSPACED;
  const limit = Math.max(0, at - LOCAL);
  let start = at;
  while (start > limit && isLocal(text.charCodeAt(start - 1), unspaced)) start--;
  while (start < at && !isAlphanumeric(text.charCodeAt(start)) && text.charCodeAt(start) < 0xc0 && text[start] !== '_')
    start++;
  return text[at - 1] === '.' ? at : start;
}

/** The end of a domain that can receive mail; 0 when there is none. */
function domainEnd(text: string, from: number): number {
  const unspaced = text.charCodeAt(from) >= UNSPACED;
  const limit = Math.min(text.length, from + DOMAIN);
  let end = from;
  while (end < limit) {
    const code = text.charCodeAt(end);
    if (!isAlphanumeric(code) && code !== 45 && code !== 46 && !isLetter(code, unspaced)) break;
    end++;
  }
  while (end > from && '.-'.includes(text[end - 1])) end--;
  const domain = text.slice(from, end);
  if (VERSION.test(domain)) return 0;
  const labels = domain.split('.');
  const last = labels.at(-1)!;
  if (labels.length < 2 || !LAST_LABEL.test(last) || NO_DOMAIN.has(last.toLowerCase())) return 0;
  return labels.every((label) => LABEL.test(label)) ? end : 0;
}

/** `git@host:path` and `scheme://name:word@host` name a place, not a mailbox. */
function isRemote(text: string, start: number, at: number, end: number): boolean {
  if (text[end] === ':' && /^(?:git|hg|svn|root|ubuntu|ec2-user|admin)$/.test(text.slice(start, at))) return true;
  const before = text.slice(Math.max(0, start - LOCAL), start);
  return /:\/\/[^\s/@]{0,60}:?$/.test(before);
}
