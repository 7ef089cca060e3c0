import type { Redis } from 'ioredis';
import type { BreakerState } from '../../contract/events';
import { within } from '../../platform/redis/within';
import type { CallCounts } from './call-window';
import { EXCHANGE } from './breaker-script';
import type { SharedState } from './circuit-breaker';

/** What this process says of one breaker. */
export interface Report {
  readonly name: string;
  readonly counts: CallCounts;
  readonly windowMs: number;
  /** The version of the shared state that this process knows; 0 for none. */
  readonly base: number;
  /** Its own revision of the state, when that goes beyond what the others know. */
  readonly proposal?: { readonly revision: number };
  readonly state: SharedState;
}

/** The state that all processes share, in the words of who wrote it last. */
export interface Entry extends SharedState {
  readonly name: string;
  /** Grows with every change. */
  readonly version: number;
  readonly by: string;
  readonly revision: number;
}

export interface Answer {
  readonly entries: ReadonlyMap<string, Entry>;
  /** By name: what all other processes counted together. */
  readonly others: ReadonlyMap<string, CallCounts>;
}

type RawEntry = [string, number, BreakerState, number, number, number, string, number];
type RawAnswer = [heard: [number, number, number][], entries: RawEntry[]];
type WithCommand = { gatehouseBreakers(keys: number, ...keysAndArguments: (string | number)[]): Promise<RawAnswer> };

const DEADLINE_MS = 100;

/** Tells Redis what happened here and hears what happened elsewhere, in one round trip. */
export class BreakerExchange {
  private readonly commands: WithCommand;

  constructor(
    redis: Redis,
    /** Names this process. */
    readonly me: string,
    private readonly prefix = 'gatehouse:{breakers}:',
  ) {
    redis.defineCommand('gatehouseBreakers', { lua: EXCHANGE });
    this.commands = redis as unknown as WithCommand;
  }

  /** @throws when Redis does not answer in time; it may have heard the reports all the same, which does no harm */
  async send(reports: readonly Report[]): Promise<Answer> {
    const keys = ['states', ...reports.map(({ name }) => `calls:${name}`)].map((key) => this.prefix + key);
    const told = reports.flatMap(({ name, counts, windowMs, base, proposal, state }) => {
      const { calls, failures, slow } = counts;
      const times = [state.openForMs, state.probeForMs].map(Math.ceil);
      return [
        name,
        calls,
        failures,
        slow,
        windowMs,
        base,
        proposal?.revision ?? '',
        state.state,
        state.successes,
        ...times,
      ];
    });
    const [heard, entries] = await within(
      DEADLINE_MS,
      this.commands.gatehouseBreakers(keys.length, ...keys, this.me, ...told),
    );
    return {
      entries: new Map(entries.map((entry) => [entry[0], asEntry(entry)])),
      others: new Map(
        heard.map(([calls, failures, slow], index) => [reports[index]?.name ?? '', { calls, failures, slow }]),
      ),
    };
  }
}

function asEntry([name, version, state, openForMs, successes, probeForMs, by, revision]: RawEntry): Entry {
  return { name, version, state, openForMs, successes, probeForMs, by, revision };
}
