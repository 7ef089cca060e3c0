import { GatewayError } from '../../contract/errors';
import { Scanner } from '../../features/sanitization';

const PARAM = 'x-gatehouse-tags';
const MOST = 10;
const TAG = /^[A-Za-z0-9][A-Za-z0-9._:=/+-]{0,63}$/;
/** Tags are few and come again and again. */
const KNOWN = 10_000;

const scanner = new Scanner();
const harmless = new Set<string>();

/**
 * The tags of a call: of the header, or of the body's `gatehouse` object, as text with commas between or as a list. Tags stand
 * in plain columns and reports, so one that looks personal is refused.
 * @throws GatewayError `invalid_request`
 */
export function tagsOf(value: unknown): readonly string[] {
  const given = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(given)) throw refused('expects words with commas between');
  const tags = new Set<string>();
  for (const one of given) {
    const tag = typeof one === 'string' ? one.trim() : undefined;
    if (tag === '') continue;
    if (tag === undefined || !TAG.test(tag))
      throw refused('takes words of 1 to 64 letters, digits and . _ : = / + - that begin with a letter or a digit');
    if (!isHarmless(tag)) throw refused('must not hold personal data or secrets');
    if (tags.add(tag).size > MOST) throw refused(`takes ${MOST} tags at most`);
  }
  return [...tags].sort();
}

function isHarmless(tag: string): boolean {
  if (harmless.has(tag)) return true;
  if (scanner.scan(tag).length) return false;
  if (harmless.size >= KNOWN) harmless.clear();
  harmless.add(tag);
  return true;
}

function refused(why: string): GatewayError {
  return new GatewayError('invalid_request', `${PARAM} ${why}`, { param: PARAM });
}
