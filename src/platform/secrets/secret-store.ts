import { setTimeout as sleep } from 'node:timers/promises';
import { inTime, LiveSecret, withoutNewline } from './live-secret';
import { placeholderProblem } from './placeholder';
import type { Secret } from './secret';
import type { Reading } from './secret-backend';
import { SecretBackends } from './secret-backends';
import type { SecretRequest } from './secret-request';
import { SecretUnavailable } from './secret-unavailable';

export interface StoreOptions {
  readonly production: boolean;
  /** How often secrets that are kept elsewhere are read anew. */
  readonly refreshMs: number;
  /** How long a former value may still be used. */
  readonly graceMs: number;
  /** How long a start waits for all of them together. */
  readonly budgetMs?: number;
}

const BUDGET_MS = 10_000;
const AGAIN_MS = { first: 100, longest: 2_000 } as const;

/** What is missing: where it was asked for, and why. */
export type Missing = readonly [at: string, reason: string];

/** Every secret of the process. Nothing in it can be printed. */
export class SecretStore {
  readonly #byName: ReadonlyMap<string, LiveSecret>;
  readonly #files: ReadonlyMap<string, string>;
  readonly #backends: SecretBackends;

  private constructor(
    byName: ReadonlyMap<string, LiveSecret>,
    files: ReadonlyMap<string, string>,
    backends: SecretBackends,
    readonly refreshMs: number,
  ) {
    this.#byName = byName;
    this.#files = files;
    this.#backends = backends;
  }

  /** Reads all of them at the same time. Never throws: what is missing is listed, and then the store is not to be used. */
  static async open(
    requests: readonly SecretRequest[],
    backends: SecretBackends,
    options: StoreOptions,
  ): Promise<{ readonly store: SecretStore; readonly missing: readonly Missing[] }> {
    const { budgetMs = BUDGET_MS } = options;
    const until = performance.now() + budgetMs;
    const missing: Missing[] = [];
    const found = await Promise.all(
      requests.map(async (request) => {
        try {
          return [[request.name, await first(request, backends, options, until)] as const];
        } catch (error) {
          missing.push([request.at, SecretUnavailable.from(error).message]);
          return [];
        }
      }),
    );
    const files = requests.flatMap(({ name, place }) => (place.scheme === 'file' ? [[name, place.path] as const] : []));
    const store = new SecretStore(new Map(found.flat()), new Map(files), backends, options.refreshMs);
    // in the order in which they were asked for, whichever failed first
    const order = requests.map(({ at }) => at);
    return { store, missing: missing.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)) };
  }

  /** @throws Error when no setting has that name */
  get(name: string): LiveSecret {
    const found = this.#byName.get(name);
    if (!found) throw new Error(`no secret ${name}`);
    return found;
  }

  all(): readonly LiveSecret[] {
    return [...this.#byName.values()];
  }

  /** Paths of those that are files, by name. */
  get files(): ReadonlyMap<string, string> {
    return this.#files;
  }

  get backends(): SecretBackends {
    return this.#backends;
  }

  /** Every value that is secret at this moment: those in use, those that were until a moment ago, and what opens backends. */
  current(): readonly Secret[] {
    const values = this.all().flatMap(({ current, former, initial }) => [
      current,
      initial,
      ...(former ? [former] : []),
    ]);
    return [...new Set([...values, ...this.#backends.held()])];
  }
}

async function first(
  { name, place, check }: SecretRequest,
  backends: SecretBackends,
  { production, graceMs }: StoreOptions,
  until: number,
): Promise<LiveSecret> {
  const problemOf = (value: string): string | undefined =>
    value ? (placeholderProblem(value, production) ?? check?.(value)) : 'is empty';
  if (place.scheme === 'given') {
    const value = place.value.reveal();
    refuse(problemOf(value));
    return new LiveSecret(name, place.text, { value, version: '' });
  }
  const read = (signal: AbortSignal): Promise<Reading> => backends.read(place, signal);
  const { value, version } = await patiently(read, until).catch((error: unknown) => {
    const { message } = SecretUnavailable.from(error);
    throw new SecretUnavailable(place.scheme === 'file' ? message : `${place.text} cannot be read: ${message}`);
  });
  const text = withoutNewline(value);
  const problem = problemOf(text);
  if (problem && place.scheme === 'file') throw new SecretUnavailable(`${place.path} ${problem}`);
  refuse(problem);
  return new LiveSecret(name, place.text, { value: text, version }, { read, check: problemOf, graceMs });
}

function refuse(problem: string | undefined): void {
  if (problem) throw new SecretUnavailable(problem);
}

/** Again and again while it may help and there is time. */
async function patiently(read: (signal: AbortSignal) => Promise<Reading>, until: number): Promise<Reading> {
  for (let wait: number = AGAIN_MS.first; ; wait = Math.min(wait * 2, AGAIN_MS.longest))
    try {
      return await inTime(read, Math.max(1, Math.ceil(until - performance.now())));
    } catch (error) {
      const pause = wait * (0.75 + Math.random() / 2);
      if (!SecretUnavailable.from(error).passing || performance.now() + pause >= until) throw error;
      await sleep(pause);
    }
}
