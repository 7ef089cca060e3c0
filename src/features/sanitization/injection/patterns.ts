import type { PatternRule } from './rules/rule';

interface Compiled {
  readonly rule: number;
  /** Numbers of its triggers. */
  readonly triggers: readonly number[];
  readonly pattern: RegExp;
  readonly unless: RegExp | undefined;
}

/** Of one pattern in one text; more of the same prove nothing more. */
const MATCHES = 8;
const ASCII = 128;
/** Groups of flags, the one thing in the rules that RE2 writes and JavaScript does not. */
const FLAGS = /^\(\?([ims]{1,3})\)/;

/**
 * Patterns of rules as the engine's own regular expressions: every quantifier in them is bounded (a test holds the rules to
 * it), so that a match costs a bounded number of steps for each character.
 */
export class Patterns {
  private readonly compiled: readonly Compiled[];
  private readonly triggers: readonly string[];
  private readonly pairs = new Uint32Array((ASCII * ASCII) / 32);
  /** By trigger: whether the text at hand holds it. */
  private readonly there: boolean[] = [];

  constructor(rules: readonly { readonly index: number; readonly rule: PatternRule }[]) {
    this.triggers = [...new Set(rules.flatMap(({ rule }) => rule.triggers))];
    this.compiled = rules.map(({ index, rule }) => ({
      rule: index,
      triggers: rule.triggers.map((trigger) => this.triggers.indexOf(trigger)),
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
    pairsIn(lower, this.pairs);
    const { there } = this;
    for (let at = 0; at < this.triggers.length; at++)
      there[at] = mayHold(this.pairs, this.triggers[at]) && lower.includes(this.triggers[at]);
    for (const { rule, triggers, pattern, unless } of this.compiled) {
      if (!triggers.some((trigger) => there[trigger])) continue;
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

/** Marks, a bit each, which two letters stand beside each other somewhere; by this most literals are known not to occur. */
function pairsIn(text: string, pairs: Uint32Array): void {
  pairs.fill(0);
  let before = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((before | code) < ASCII) pairs[(before << 2) | (code >> 5)] |= 1 << (code & 31);
    before = code;
  }
}

function mayHold(pairs: Uint32Array, literal: string): boolean {
  for (let at = 1; at < literal.length; at++) {
    const before = literal.charCodeAt(at - 1);
    const code = literal.charCodeAt(at);
    if ((before | code) < ASCII && !(pairs[(before << 2) | (code >> 5)] & (1 << (code & 31)))) return false;
  }
  return true;
}

/** @param pattern in the part of RE2's syntax that the rules use: leading flags, and else what both engines read alike */
export function compile(pattern: string, flags: string): RegExp {
  const own = FLAGS.exec(pattern);
  const body = own ? pattern.slice(own[0].length) : pattern;
  return new RegExp(body.replace(/\\x\{([0-9A-F]{1,6})\}/g, '\\u{$1}'), `${flags}u${own?.[1] ?? ''}`);
}
