import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../contract/canonical-json';
import { CLEAN, FLAG_THRESHOLD, scoreOf, withoutOverlaps } from './assessment';
import type { Assessment, MatchedRule, Provenance, Signal } from './assessment';
import { decodedIn, turned, type Derived } from './derived';
import { floodIn } from './flood';
import { isDisguised, normalise, originOf, type Normalised } from './normalise';
import { Patterns } from './patterns';
import { Phrases } from './phrases';
import { isQuoted, isTalk } from './quotation';
import type { Family, PhraseRule, Rule } from './rules/rule';
import { RULES, type RuleSet } from './rules/rules';
import { SLICE, slices } from './slices';
import { Tokeniser, type Tokens } from './tokenise';
import { vocabularyOf } from './vocabulary';

/** Words in rot13, or from right to left, that make a text worth turning round. */
const TURNED_WORDS = 2;
/** Fewer characters of the Tags block say nothing. */
const SMUGGLED_LETTERS = 4;
const WEIGHTS = { flood: 0.55, smuggled: 0.6, encoded: 0.5, disguised: 0.4 };
/** Of a phrase in quotes, in a text that talks about such phrases. */
const TALKED_ABOUT = 0.5;
/**
 * Of a phrase that is no order to whoever reads it ("how do I remove all files?", "the parties agree that prior orders are void"), or that
 * is about something of its own ("forget what I said about curtains"). All but the surest do not flag alone then.
 */
const ASIDE = 0.46;
/** Families of orders, which are such only to whoever is meant by them. A character is described, and a claim made, to anybody. */
const ORDERS: ReadonlySet<Family> = new Set(['override', 'extraction', 'tool_coercion', 'exfiltration']);
/** What may be about something of its own; a tool, a persona or a secret may not. */
const HAS_SUBJECT: ReadonlySet<Family> = new Set(['override', 'extraction']);

/** What one slice of a text holds; offsets are those of the whole text. */
export interface Sighting {
  readonly matches: readonly MatchedRule[];
  readonly signals: readonly Signal[];
}

/**
 * Looks for the words of prompt injection. It knows what is commonly copied, and little of what somebody thought of for
 * one application: it flags, and proves nothing.
 */
export class InjectionRules {
  readonly version: string;
  /** SHA-256, in hexadecimal, of rules and lexicons as canonical JSON: what an assessment was made with. */
  readonly hash: string;
  private readonly rules: readonly Rule[];
  private readonly tokeniser: Tokeniser;
  private readonly phrases: Phrases;
  private readonly patterns: Patterns;

  constructor(set: RuleSet = RULES) {
    this.version = set.version;
    this.hash = createHash('sha256').update(canonicalJson(set)).digest('hex');
    this.rules = set.rules;
    const vocabulary = vocabularyOf(set);
    const indexed = set.rules.map((rule, index) => ({ rule, index }));
    this.phrases = new Phrases(
      indexed.flatMap(({ rule, index }) =>
        'phrases' in rule ? [{ rule, index, lexicon: rule.language === 'any' ? {} : set.lexicons[rule.language] }] : [],
      ),
      vocabulary,
    );
    this.tokeniser = new Tokeniser(vocabulary);
    this.patterns = new Patterns(indexed.flatMap(({ rule, index }) => ('pattern' in rule ? [{ rule, index }] : [])));
  }

  /** Linear in the text, and synchronous: for texts beyond some 64,000 characters see `assessLong`. */
  assess(text: string, provenance: Provenance): Assessment {
    if (text.length <= SLICE) return this.conclude([this.look(text, 0, provenance)]);
    return this.conclude(slices(text).map((slice) => this.look(slice.text, slice.start, provenance)));
  }

  /** @param start offset of the slice in its text */
  look(slice: string, start: number, provenance: Provenance): Sighting {
    const signals: Signal[] = [];
    const normal = normalise(slice);
    if (normal.invisible) signals.push('invisible');
    if (normal.confusable) signals.push('confusable');
    const lower = normal.text.toLowerCase();
    const tokens = this.tokeniser.tokenise(lower);
    const matches = this.direct(normal, lower, tokens, provenance, signals);
    for (const derived of derivedFrom(normal, tokens)) {
      // without its escapes the text says once more what it said with them
      const known = new Set(derived.encoding === 'url' ? matches.map(({ id }) => id) : []);
      const inside = this.within(derived, normal, provenance, known);
      if (inside.length) signals.push(derived.encoding === 'tags' ? 'smuggled' : 'encoded');
      matches.push(...inside);
    }
    if (!matches.length) return { matches, signals };
    return {
      matches: matches.map((match) => ({ ...match, start: match.start + start, end: match.end + start })),
      signals,
    };
  }

  /** What was seen in the slices of one text, put together; a signal counts once. */
  conclude(sightings: readonly Sighting[]): Assessment {
    if (sightings.every(({ matches, signals }) => !matches.length && !signals.length)) return CLEAN;
    const rules = withoutOverlaps(sightings.flatMap(({ matches }) => matches));
    const signals = [...new Set(sightings.flatMap((one) => one.signals))];
    return { score: scoreOf(rules), rules, signals };
  }

  /** What the text itself says; offsets are those of the original slice. */
  private direct(
    normal: Normalised,
    lower: string,
    tokens: Tokens,
    provenance: Provenance,
    signals: Signal[],
  ): MatchedRule[] {
    const { text } = normal;
    let talk: boolean | undefined;
    // asked of few texts: it looks for many words
    const isAbout = () => (talk ??= provenance === 'trusted' && isTalk(lower));
    const found: MatchedRule[] = [];
    const add = (rule: Pick<Rule, 'id' | 'family' | 'weight'>, start: number, end: number) =>
      found.push({
        id: rule.id,
        family: rule.family,
        start: originOf(normal, start),
        end: originOf(normal, end),
        weight: rule.weight,
      });
    const weighed = (index: number, start: number, end: number, harmless = false) => {
      const rule = this.rules[index] as Rule;
      const quoted = isQuoted(text, start, end) && isAbout();
      if (quoted) signals.push('quoted');
      const share = (quoted ? TALKED_ABOUT : 1) * (harmless ? ASIDE : 1);
      add({ ...rule, weight: rule.weight * share }, start, end);
    };
    for (const { rule, start, end, disguised, aside, specific } of this.phrases.match(tokens)) {
      const { family, weight, speaksToReader } = this.rules[rule] as PhraseRule;
      const ordered = !speaksToReader && (ORDERS.has(family) || weight < FLAG_THRESHOLD.trusted);
      weighed(rule, start, end, (aside && ordered) || (specific && HAS_SUBJECT.has(family)));
      if (!disguised && !isDisguised(normal, start, end)) continue;
      signals.push('disguised');
      add(obfuscation('disguised'), start, end);
    }
    for (const { rule, start, end } of this.patterns.match(text, lower)) weighed(rule, start, end);
    const flood = floodIn(lower);
    if (flood) add({ id: 'any.flood', family: 'flood', weight: WEIGHTS.flood }, flood.start, flood.end);
    return found;
  }

  /** What a decoded text says. It stands where its encoded form does. */
  private within(
    derived: Derived,
    outer: Normalised,
    provenance: Provenance,
    known: ReadonlySet<string>,
  ): readonly MatchedRule[] {
    const normal = normalise(derived.text);
    const lower = normal.text.toLowerCase();
    const tokens = this.tokeniser.tokenise(lower);
    const inner = this.direct(normal, lower, tokens, provenance, []).filter(({ id }) => !known.has(id));
    const smuggled = derived.encoding === 'tags';
    if (!inner.length && !smuggled) return [];
    const [start, end] = [originOf(outer, derived.start), originOf(outer, derived.end)];
    const hiding = obfuscation(smuggled ? 'smuggled' : 'encoded');
    return [...withoutOverlaps(inner), hiding].map(({ id, family, weight }) => ({ id, family, weight, start, end }));
  }
}

function derivedFrom(normal: Normalised, { rotated, reversed }: Tokens): readonly Derived[] {
  const { text, original, smuggled } = normal;
  const found = [...decodedIn(text)];
  if (rotated >= TURNED_WORDS) found.push(turned(original, 'rot13'));
  if (reversed >= TURNED_WORDS) found.push(turned(original, 'reversed'));
  if (smuggled.length >= SMUGGLED_LETTERS) found.push({ encoding: 'tags', text: smuggled, start: 0, end: text.length });
  return found;
}

function obfuscation(kind: 'smuggled' | 'encoded' | 'disguised') {
  return { id: `any.${kind}`, family: 'obfuscation' as const, weight: WEIGHTS[kind] };
}
