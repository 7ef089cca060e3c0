import { RE2JS } from 're2js';

/**
 * A regular expression of which a text costs the same time wherever it fails to match: RE2, without look-around and back-references.
 * @param flags of RE2JS
 * @returns undefined for what is none
 */
export function linearPattern(source: string, flags = 0): RE2JS | undefined {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source), flags);
  } catch {
    return undefined;
  }
}
