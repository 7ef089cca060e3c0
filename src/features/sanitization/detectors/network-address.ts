import { isIPv4, isIPv6 } from 'node:net';
import type { Page } from '../page';
import { Alphabet, HEX } from '../text/alphabet';
import { isDigitAt, isWordAt, matchEnd, type NumberDetector } from './number-detector';

const V4 = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![0-9A-Za-z_]|[.-]\d)/y;
/** Nobody's: this machine, no machine, every machine, masks. */
const NOBODY = /^(?:127\.|0\.|255\.)/;
const VERSION =
  /(?:\bv|version|versao|versión|versão|release|build|firmware|driver|chrome\/|safari\/|\/)\s{0,2}[:=]?\s{0,2}$/i;

/** IPv4 addresses that name one machine. */
export const ipV4: NumberDetector = {
  first: [1, 2, 3],
  detect(page, start) {
    const { text } = page;
    const end = matchEnd(V4, text, start);
    if (!end || isWordAt(text, start - 1) || (text[start - 1] === '.' && isDigitAt(text, start - 2))) return;
    const written = text.slice(start, end);
    if (!isIPv4(written) || NOBODY.test(written)) return;
    const isVersion = VERSION.test(text.slice(Math.max(0, start - 16), start)) && !text.startsWith('//', start - 2);
    page.add('IP_ADDRESS', start, end, isVersion ? 0.4 : 0.9, !isVersion);
  },
};

const V6 =
  /(?<![0-9A-Za-z_.]|(?<![A-Za-z]):)[0-9A-Fa-f:]{3,39}(?:(?<=:)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})?(?![0-9A-Za-z_:]|\.\d)/g;
/** Shorter ones are more often part of a program: `a::b`. */
const TELLING = /^(?=.*\d)(?:[0-9a-f]{1,4}:){2}|^(?=.*\d)[0-9a-f]{3,4}::|::ffff:\d/i;

/** Eight groups, or six and an address of version 4, as far as there are no dots. */
const V6_SPELLING = new Alphabet(`${HEX}:`);
const V6_SHORTEST = 13;

/** IPv6 addresses. */
export function detectIpV6(page: Page): void {
  // groups that are left out leave two colons
  if (!page.text.includes('::') && !V6_SPELLING.run(page.text, V6_SHORTEST)) return;
  for (const { 0: written, index } of page.text.matchAll(V6))
    if (TELLING.test(written) && isIPv6(written)) page.add('IP_ADDRESS', index, index + written.length, 0.9, true);
}

const MAC =
  /[0-9A-F]{2}(?:([:-])[0-9A-F]{2}(?:\1[0-9A-F]{2}){4}|[0-9A-F]{2}\.[0-9A-F]{4}\.[0-9A-F]{4})(?![0-9A-Za-z_]|[:.-][0-9A-F])/gi;
/** Part of something longer: a fingerprint, a version. */
const MAC_AFTER = /[0-9A-Za-z_]$|(?<![0-9A-Za-z])[0-9A-Fa-f]{2,4}[:.-]$/;

const MAC_SPELLING = new Alphabet(`${HEX}:.-`);
const MAC_SHORTEST = 14;

/** Addresses of network cards. */
export function detectMac(page: Page): void {
  if (!MAC_SPELLING.run(page.text, MAC_SHORTEST)) return;
  for (const { 0: written, index } of page.text.matchAll(MAC)) {
    const digits = written.replaceAll(/[:.-]/g, '');
    if (MAC_AFTER.test(page.text.slice(Math.max(0, index - 6), index))) continue;
    // the same digit twelve times is a placeholder or a broadcast; digits alone with dashes may be a date and a time
    if (/^(.)\1*$/.test(digits)) continue;
    const isDate = /^\d+$/.test(digits) && !written.includes(':');
    if (isDate && page.around(index, index + written.length).distance('MAC_ADDRESS') === Infinity) continue;
    page.add('MAC_ADDRESS', index, index + written.length, 0.9, true);
  }
}
