import type { PatternRule } from './rules/rule';

interface Compiled {
  readonly rule: number;
  readonly triggers: readonly string[];
  readonly pattern: RegExp;
  readonly unless: RegExp | undefined;
}

/** Of one pattern in one text; more of the same prove nothing more. */
const MATCHES = 8;
/** Groups of flags, the one thing in the rules that RE2 writes and JavaScript does not. */
const FLAGS = /^\(\?([ims]{1,3})\)/;

/**
 * Patterns of rules as the engine's own regular expressions: every quantifier in them is bounded (a test holds the rules to
 * it), so that a match costs a bounded number of steps for each character.
 */
export class Patterns {
  private readonly compiled: readonly Compiled[];

  constructor(rules: readonly { readonly index: number; readonly rule: PatternRule }[]) {
    this.compiled = rules.map(({ index, rule }) => ({
      rule: index,
      triggers: rule.triggers,
      pattern: compile(rule.pattern, 'g'),
      unless: rule.unless === undefined ? undefined : compile(rule.unless, ''),
    }));
  }

  /** @param lower the same text in lower case; @returns matches with offsets into the text */
  match(
    text: string,
    lower: string,
  ): readonly { readonly rule: number; readonly start: number; readonly end: number }[] {
    const found: { rule: number; start: number; end: number }[] = [];
    for (const { rule, triggers, pattern, unless } of this.compiled) {
      if (!triggers.some((trigger) => lower.includes(trigger))) continue;
      pattern.lastIndex = 0;
      for (let n = 0; n < MATCHES; n++) {
        const match = pattern.exec(text);
        if (!match) break;
        if (unless?.test(match[0])) continue;
        found.push({ rule, start: match.index, end: match.index + match[0].length });
      }
    }
    return found;
  }
}

/** @param pattern in the part of RE2's syntax that the rules use: leading flags, and else what both engines read alike */
export function compile(pattern: string, flags: string): RegExp {
  const own = FLAGS.exec(pattern);
  const body = own ? pattern.slice(own[0].length) : pattern;
  return new RegExp(body.replace(/\\x\{([0-9A-F]{1,6})\}/g, '\\u{$1}'), `${flags}u${own?.[1] ?? ''}`);
}
