import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../contract/canonical-json';
import type { FlagContext, FlagValue } from '../../../contract/flags';
import type { Json } from '../../../contract/json';
import type { FlagDefinition, Rule } from '../../../platform/config/flags';
import { type Buckets, threshold } from './buckets';
import { type Matcher, matcherOf } from './matcher';
import { Schedule } from './schedule';

/** What a flag is at a moment. */
export interface FlagState {
  readonly name: string;
  readonly definition: FlagDefinition;
  /** 0: as the file declares it, and nobody changed anything. */
  readonly version: number;
  /** Everybody gets the default. */
  readonly killed: boolean;
  /** The definition is the file's. */
  readonly declared: boolean;
}

interface CompiledRule {
  readonly rule: string;
  readonly matches: Matcher;
  readonly by: Rule['by'];
  /** Undefined: all that match. */
  readonly percent: number | undefined;
  readonly below: number;
  readonly serve: string;
}

/** A flag that can be asked: in memory, without waiting. */
export class Flag {
  /** 128 bits of SHA-256 over what it is, hex: what the record names it by. */
  readonly hash: string;
  readonly schedule: Schedule | undefined;
  private readonly rules: readonly CompiledRule[];
  private readonly usual: FlagValue;
  private readonly dead: FlagValue;

  constructor(
    readonly state: FlagState,
    private readonly buckets: Buckets,
  ) {
    const { definition, killed } = state;
    this.hash = createHash('sha256').update(canonicalJson({ definition, killed })).digest('hex').slice(0, 32);
    this.schedule = definition.rollout && new Schedule(definition.rollout);
    this.rules = definition.rules.map(({ name, when, percentage, by, serve }, i) => ({
      rule: name ?? String(i),
      matches: matcherOf(when),
      by,
      percent: percentage,
      below: threshold(percentage ?? 100),
      serve,
    }));
    this.usual = { variant: definition.default, value: this.valueOf(definition.default), reason: 'default' };
    this.dead = { ...this.usual, reason: 'killed' };
  }

  get name(): string {
    return this.state.name;
  }

  /** The default, for a reason of the caller's. */
  fallback(reason: 'killed' | 'error'): FlagValue {
    return { ...this.usual, reason };
  }

  valueOf(variant: string): Json {
    return this.state.definition.variants[variant] as Json;
  }

  /** @param now milliseconds since the epoch */
  evaluate(context: FlagContext, now: number): FlagValue {
    if (this.state.killed) return this.dead;
    for (const rule of this.rules) {
      if (!rule.matches(context)) continue;
      const { percent, serve } = rule;
      if (percent === undefined)
        return { variant: serve, value: this.valueOf(serve), reason: 'target', rule: rule.rule };
      const bucket = this.buckets.of(context, rule.by);
      if (!isIn(bucket, percent, rule.below)) continue;
      return { variant: serve, value: this.valueOf(serve), reason: 'bucket', rule: rule.rule, ...at(bucket), percent };
    }
    return this.rolledOut(context, now);
  }

  private rolledOut(context: FlagContext, now: number): FlagValue {
    const { rollout } = this.state.definition;
    if (!rollout || !this.schedule) return this.usual;
    const step = this.schedule.at(now);
    const bucket = this.buckets.of(context, rollout.by);
    const isTo = isIn(bucket, step.percent, threshold(step.percent));
    const variant = isTo ? rollout.to : this.usual.variant;
    const reason = isTo ? (step.at === undefined ? 'bucket' : 'schedule') : 'default';
    return {
      variant,
      value: isTo ? this.valueOf(variant) : this.usual.value,
      reason,
      ...at(bucket),
      percent: step.percent,
    };
  }
}

/** Whoever is not named has no bucket, and is in when all are. */
function isIn(bucket: number | undefined, percent: number, below: number): boolean {
  return bucket === undefined ? percent >= 100 : bucket < below;
}

const at = (bucket: number | undefined) => (bucket === undefined ? undefined : { bucket });
