import { destinationsIn, urlOf, type Destination } from './destinations';

export type OutputFault =
  /** An image, or a link, to a host that is not allowed, whose address can carry something away. */
  | 'exfiltration_image'
  | 'exfiltration_link'
  /** A scheme that runs code. */
  | 'script_link'
  /** Something that a reader of the rendered answer does not see. */
  | 'hidden_text'
  /** A value that was restored, or a token that stands for one, in an address. */
  | 'value_in_url';

/** It never holds the text. */
export interface OutputFinding {
  readonly fault: OutputFault;
  /** UTF-16 offsets into the answer. */
  readonly start: number;
  readonly end: number;
}

export interface OutputPolicy {
  /** Host names; `*.example.com` stands for all below it. */
  readonly allowedHosts?: readonly string[];
  /** Whether a text contains a value that was restored for this answer. */
  readonly holdsRestored?: (text: string) => boolean;
}

/** A path, or a part of a host's name, so long that it may say something. */
const LONG_PATH = 80;
const LONG_LABEL = 24;
const TOKEN = /\[\[[A-Z][A-Z0-9_]{1,32}_[0-9A-Z]{4,12}\]\]/i;
const SCRIPTS = new Set(['javascript:', 'vbscript:', 'data:']);
const IMAGE_DATA = /^data:image\/(?:png|jpe?g|gif|webp)[;,]/i;

/** Each with what tells quickly that there is none. */
const HIDDEN: readonly (readonly [sign: RegExp, pattern: RegExp])[] = [
  [/<!--/, /<!--[^>]{0,4000}[\p{L}\d][^>]{0,4000}(?:-->|$)/gu],
  // a family of emoji has single joiners; runs are writing
  [
    /[\u200b-\u200f\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff\u00ad\udb40]/,
    /[\u200b-\u200f\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff\u00ad]{4,}|[\u{e0020}-\u{e007e}]{8,}/gu,
  ],
  [
    /style/i,
    /style[ \t]{0,2}=[ \t]{0,2}["'][^"'<>]{0,300}(?:display[ \t]{0,2}:[ \t]{0,2}none|visibility[ \t]{0,2}:[ \t]{0,2}hidden|font-size[ \t]{0,2}:[ \t]{0,2}0|opacity[ \t]{0,2}:[ \t]{0,2}0(?![.\d])|color[ \t]{0,2}:[ \t]{0,2}(?:transparent|white\b|#fff\b|#ffffff\b))/gi,
  ],
];

/** What is wrong with a whole answer, or with a piece of one in which addresses are whole. */
export function checkOutput(text: string, policy: OutputPolicy = {}): readonly OutputFinding[] {
  const found: OutputFinding[] = [];
  for (const destination of destinationsIn(text)) {
    const fault = faultOf(destination, policy);
    if (fault) found.push({ fault, start: destination.start, end: destination.end });
  }
  for (const [sign, pattern] of HIDDEN)
    for (const match of sign.test(text) ? text.matchAll(pattern) : [])
      found.push({ fault: 'hidden_text', start: match.index, end: match.index + match[0].length });
  return found.sort((a, b) => a.start - b.start);
}

function faultOf(
  { kind, address }: Destination,
  { allowedHosts = [], holdsRestored }: OutputPolicy,
): OutputFault | undefined {
  const url = urlOf(address);
  if (!url) return undefined;
  if (SCRIPTS.has(url.protocol)) return kind === 'bare' || IMAGE_DATA.test(address) ? undefined : 'script_link';
  if (!url.host || isAllowed(url.hostname, allowedHosts)) return undefined;
  const plain = `${address}\n${decoded(address)}`;
  if (TOKEN.test(plain) || holdsRestored?.(plain)) return 'value_in_url';
  if (kind === 'bare' || !carries(url)) return undefined;
  return kind === 'image' ? 'exfiltration_image' : 'exfiltration_link';
}

function carries({ search, hash, pathname, hostname, username, password }: URL): boolean {
  return (
    search.length > 1 ||
    hash.length > LONG_PATH ||
    pathname.length > LONG_PATH ||
    username !== '' ||
    password !== '' ||
    hostname.split('.').some((label) => label.length >= LONG_LABEL)
  );
}

/** @param allowed names as an operator writes them */
export function isAllowed(host: string, allowed: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return allowed.some((entry) => {
    const rule = entry.toLowerCase();
    return rule.startsWith('*.') ? name.endsWith(rule.slice(1)) : name === rule;
  });
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address.replaceAll('+', ' '));
  } catch {
    return address;
  }
}
