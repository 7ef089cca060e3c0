/** An address that whoever renders an answer may follow. */
export interface Destination {
  /** `image`: fetched without anybody's doing; `link`: by a click; `bare`: text that merely looks like an address. */
  readonly kind: 'image' | 'link' | 'bare';
  /** With character references resolved. */
  readonly address: string;
  readonly start: number;
  readonly end: number;
}

/** Each with a sign without which it cannot match: most texts have few of them. */
const PATTERNS: readonly (readonly [kind: Destination['kind'], sign: string, pattern: RegExp])[] = [
  ['image', '](', /!\[[^\]\n]{0,300}\]\([ \t\n]{0,4}<?([^)\s>]{1,2048})/g],
  ['link', '](', /\]\([ \t\n]{0,4}<?([^)\s>]{1,2048})/g],
  ['image', '=', /\b(?:src|srcset|poster|background|data)[ \t\n]{0,4}=[ \t\n]{0,4}["']?([^"'\s>]{1,2048})/gi],
  ['image', '(', /\burl\([ \t]{0,4}["']?([^"')\s]{1,2048})/gi],
  ['link', '=', /\b(?:href|action|formaction)[ \t\n]{0,4}=[ \t\n]{0,4}["']?([^"'\s>]{1,2048})/gi],
  // a reference may belong to an image
  ['image', ']:', /^ {0,3}\[[^\]\n]{1,200}\]:[ \t]{0,4}<?([^\s>]{1,2048})/gm],
  ['bare', '://', /https?:\/\/[^\s<>"')\]]{1,2048}/gi],
];
const MOST = 64;

/** Every address in Markdown or HTML, with what would be done with it. Linear: all parts of the patterns are bounded. */
export function destinationsIn(text: string): readonly Destination[] {
  const found: Destination[] = [];
  if (!/[:/]/.test(text)) return found;
  for (const [kind, sign, pattern] of PATTERNS)
    for (const match of text.includes(sign) ? text.matchAll(pattern) : []) {
      if (found.length >= MOST) return found;
      const address = resolve(match[1] ?? match[0]);
      const end = match.index + match[0].length;
      const start = end - (match[1] ?? match[0]).length;
      if (!found.some((other) => other.end > start && other.start < end)) found.push({ kind, address, start, end });
    }
  return found;
}

/** @returns undefined for what leads nowhere outside, such as `#heading` */
export function urlOf(address: string): URL | undefined {
  const whole = /^[\\/]{2}/.test(address) ? `https:${address}` : address;
  return /^[a-z][a-z0-9+.-]{0,30}:/i.test(whole) ? (URL.parse(whole) ?? undefined) : undefined;
}

/** HTML's character references, which Markdown has too. */
function resolve(address: string): string {
  return address
    .replace(/&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));?/gi, (whole, hex?: string, decimal?: string) => {
      const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    })
    .replace(/&(amp|colon|sol|quest|equals);/gi, (_, name: string) => REFERENCES[name.toLowerCase()] as string);
}
const REFERENCES: Readonly<Record<string, string>> = { amp: '&', colon: ':', sol: '/', quest: '?', equals: '=' };
