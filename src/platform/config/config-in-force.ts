import type { Analyses } from './analyses';
import { longestCallMs } from './effective-policy';
import type { Flags } from './flags';
import { frozen } from './frozen';
import type { Guards } from './guards';
import type { Models } from './models';
import type { Policies } from './policies';
import type { Prices } from './prices';
import type { SuiteFile } from './read-evals';
import type { Settings } from './settings';

/** What may change while the process runs. */
export interface ChangeableParts {
  readonly limits: Settings['limits'];
  readonly models: Models;
  readonly prices: Prices['prices'];
  readonly policies: Policies;
  readonly guards: Guards;
  /** As declared; what is set through the API is stronger. */
  readonly flags: Flags;
  /** The operator's own analyses, by name. */
  readonly analysisTemplates: Analyses['analyses'];
  /** By the names of their files. */
  readonly evalSuites: readonly SuiteFile[];
}
export const CHANGEABLE = [
  'limits',
  'models',
  'prices',
  'policies',
  'guards',
  'flags',
  'analysisTemplates',
  'evalSuites',
] as const satisfies readonly (keyof ChangeableParts)[];

/** Of `limits`, what is built into the doors of the process: these take a start. */
export const BUILT_IN_LIMITS = ['bodyBytes', 'jsonDepth', 'jsonNodes'] as const;

type Check = (next: ChangeableParts) => void;
type Listener = (now: ChangeableParts) => void;

/**
 * The parts of the configuration as they are now. Whoever makes something of a part listens, and makes it anew; all
 * listeners are told in one go, so nobody sees one half of a change. A part that did not change stays the same object.
 */
export class ConfigInForce {
  /** Grows by one with each change. */
  revision = 1;
  now: ChangeableParts;
  /** The longest that a call of this process may take, also of one that began under an earlier configuration. */
  longestCallMs: number;
  private readonly checks: Check[] = [];
  private readonly listeners: Listener[] = [];

  /** @param settings as they were at the start; of these only `limits` changes */
  constructor(
    parts: ChangeableParts,
    readonly settings: Settings,
  ) {
    this.now = frozen(parts);
    this.longestCallMs = longestCallMs(parts.policies);
  }

  /** Adds a condition of what may be taken: one that throws a `ConfigError` refuses it. */
  require(check: Check): void {
    this.checks.push(check);
  }

  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** @throws ConfigError */
  check(next: ChangeableParts): void {
    for (const check of this.checks) check(next);
  }

  take(next: ChangeableParts): void {
    this.now = frozen(next);
    this.revision++;
    this.longestCallMs = Math.max(this.longestCallMs, longestCallMs(next.policies));
    for (const listener of this.listeners) listener(next);
  }
}

/** `rest` and the parts, each part as it is whenever somebody looks. Frozen. */
export function withPartsOf<T extends object>(inForce: ConfigInForce, rest: T): T & ChangeableParts {
  const whole = { ...frozen(rest) };
  for (const name of CHANGEABLE) Object.defineProperty(whole, name, { enumerable: true, get: () => inForce.now[name] });
  return Object.freeze(whole) as T & ChangeableParts;
}
