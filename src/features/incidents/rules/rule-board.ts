import { type IncidentRule, scopeOf, type SignalName, SIGNALS } from '../../../platform/config/incidents';
import type { Observation } from './observations';
import { RuleState } from './rule-state';
import { Window } from './window';

/** A rule is heard of something at this moment. */
export interface Hearing {
  readonly rule: IncidentRule;
  /** The name or id of what it is measured on. */
  readonly of: string;
  readonly value: number;
  /** When it began, as far as this process knows: the first failure, or else when the bound was met. */
  readonly began: number;
}

/** Things that one rule is measured on at a time: callers name models. */
const MOST = 1_000;

interface Watched {
  readonly window: Window;
  readonly state: RuleState;
}

/** A rule, and what it is measured on. */
interface Watch {
  readonly rule: IncidentRule;
  readonly of: Map<string, Watched>;
}

/** Every rule, and what each is measured on. Its clock is whoever asks. */
export class RuleBoard {
  private readonly watches: readonly Watch[];
  /** Every call says several things, and most rules listen to none of them. */
  private readonly bySignal: ReadonlyMap<SignalName, readonly Watch[]>;

  constructor(rules: readonly IncidentRule[]) {
    this.watches = rules.map((rule) => ({ rule, of: new Map<string, Watched>() }));
    this.bySignal = Map.groupBy(this.watches, ({ rule }) => rule.when.signal);
  }

  observe({ signal, of, value }: Observation, now: number): void {
    for (const watch of this.bySignal.get(signal) ?? []) {
      const { when } = watch.rule;
      const name = of[scopeOf(when)];
      if (name === undefined || (when.only && !when.only.includes(name))) continue;
      this.watched(watch, name).window.add(value, now);
    }
  }

  /** What is heard now. To be asked every second or so. */
  hearings(now: number): Hearing[] {
    return this.watches.flatMap(({ rule, of }) =>
      [...of].flatMap(([name, { window, state }]): Hearing[] => {
        const value = window.value(now, rule.when.minCalls);
        const since = state.judge(value, now);
        if (since === undefined || value === undefined) return [];
        return [{ rule, of: name, value, began: Math.min(window.first(now) ?? since, since) }];
      }),
    );
  }

  private watched({ rule, of }: Watch, name: string): Watched {
    const known = of.get(name);
    if (known) return known;
    if (of.size >= MOST) forgetOne(of);
    const { signal, over, threshold, for: forMs } = rule.when;
    const made = {
      window: new Window(SIGNALS[signal].measure, over),
      state: new RuleState({ threshold, below: rule.resolve.below ?? threshold, forMs }),
    };
    of.set(name, made);
    return made;
  }
}

/** The one of which nothing was heard for the longest time; one that is heard only when there are no others. */
function forgetOne(of: Map<string, Watched>): void {
  const byAge = [...of].sort(([, a], [, b]) => a.window.heardAt - b.window.heardAt);
  const [name] = byAge.find(([, { state }]) => !state.stirs) ?? byAge[0] ?? [];
  if (name !== undefined) of.delete(name);
}
