import { textTokens } from '../../../contract/estimate-tokens';
import type { Json } from '../../../contract/json';
import type { Conversation } from './conversation';
import type { Entry } from './entry';

export interface WindowLimits {
  /** Turns that are kept at most. */
  readonly turns?: number | undefined;
  /** Roughly how many tokens of turns are kept at most; one turn is kept whatever its length. */
  readonly tokens?: number | undefined;
  /** Turns are left out so many at a time. */
  readonly step?: number | undefined;
}

const STEP = 4;
const IMAGE_TOKENS = 800;
/** Longer than any word that a model reads as such. */
const BYTES = 4_000;

/**
 * How many of the oldest turns are left out. A turn begins where the user says something after somebody else spoke, so a call of a tool and its result are
 * never parted. The number grows in steps: in between the beginning of the conversation stays the same, and providers find it in
 * their caches. Nothing is left out of a conversation that a provider is told to cache, nor anything whose meaning is not known.
 */
export function turnsToDrop(conversation: Conversation, limits: WindowLimits): number {
  const { entries, frozen } = conversation;
  if (limits.turns === undefined && limits.tokens === undefined) return 0;
  const starts = startsOf(entries);
  // instructions at the beginning may be cached: they stay
  if (entries.slice(0, frozen).some(({ kind }) => kind !== 'system')) return 0;
  const needed = Math.max(overTurns(starts, limits.turns), overTokens(entries, starts, limits.tokens));
  if (!needed) return 0;
  for (let drop = Math.min(inSteps(needed, starts.length, limits), starts.length - 1); drop > 0; drop--)
    if (mayCut(conversation, starts[drop] as number)) return drop;
  return 0;
}

/** The items without the first `drop` turns; instructions stay where they are. @returns indexes of what stays */
export function withoutTurns(entries: readonly Entry[], drop: number): readonly number[] {
  const from = drop ? (startsOf(entries)[drop] ?? 0) : 0;
  return entries.flatMap(({ kind }, at) => (at >= from || kind === 'system' ? at : []));
}

/** Where turns begin. */
function startsOf(entries: readonly Entry[]): number[] {
  const starts: number[] = [];
  let before: Entry['kind'] | undefined;
  for (const [at, { kind }] of entries.entries()) {
    if (kind === 'system') continue;
    if (kind === 'user' && before !== 'user') starts.push(at);
    before = kind;
  }
  return starts;
}

function overTurns(starts: readonly number[], most: number | undefined): number {
  return most === undefined ? 0 : Math.max(0, starts.length - most);
}

function overTokens(entries: readonly Entry[], starts: readonly number[], most: number | undefined): number {
  if (most === undefined) return 0;
  let kept = starts.length;
  let tokens = 0;
  let end = entries.length;
  for (; kept > 0; kept--) {
    const from = starts[kept - 1] as number;
    for (const { kind, json } of entries.slice(from, end)) if (kind !== 'system') tokens += tokensIn(json);
    if (tokens > most) break;
    end = from;
  }
  // one turn stays: it is the question
  return Math.min(kept, Math.max(0, starts.length - 1));
}

function inSteps(needed: number, turns: number, limits: WindowLimits): number {
  const step = limits.step ?? (limits.turns === undefined ? STEP : Math.max(1, Math.floor(limits.turns / 4)));
  const rounded = Math.ceil(needed / step) * step;
  // a window that holds but few turns is not made smaller than it must be
  return turns - rounded >= step ? rounded : needed;
}

/** Whether everything before an item may be left out. */
function mayCut({ entries, strict }: Conversation, from: number): boolean {
  const before = entries.slice(0, from);
  if (before.some(({ kind }) => kind === 'unknown' || (strict && kind === 'system'))) return false;
  const made = new Set<string>();
  for (const { calls, results } of entries.slice(from)) {
    // what answers a call that is gone would be refused
    if (results.some((id) => !made.has(id))) return false;
    for (const id of calls) made.add(id);
  }
  return true;
}

/** Roughly; bytes of images and documents count as one image each. */
function tokensIn(json: Json): number {
  if (typeof json === 'string')
    return json.length > BYTES && !json.slice(0, BYTES).includes(' ') ? IMAGE_TOKENS : textTokens(json);
  if (typeof json !== 'object' || json === null) return 1;
  let tokens = 0;
  for (const inner of Object.values(json) as Json[]) tokens += tokensIn(inner);
  return tokens;
}
