import { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { StateReport } from '../../contract/state-report';

/** `last`: asked after all others; `out`: not asked. */
export type Place = 'last' | 'out';

export interface Withdrawal {
  /** `provider/model`, or `provider/*` for all models of it. */
  readonly target: string;
  readonly place: Place;
  /** The id of what it is about. */
  readonly cause: string;
  readonly since: Date;
}

interface Target {
  readonly provider: string;
  readonly model: string;
}
const RETRY_AFTER = 60;

/** What was taken out of routing, as this process knows it. */
export class Withdrawals extends StateReport {
  override readonly reports = 'withdrawn';
  private known: ReadonlyMap<string, Withdrawal> = new Map();

  learn(withdrawals: readonly Withdrawal[]): void {
    this.known = new Map(withdrawals.map((one) => [one.target, one]));
  }

  override state(): readonly JsonObject[] {
    return [...this.known.values()].map(({ target, place, cause, since }) => ({
      target,
      place,
      incident: cause,
      since: since.toISOString(),
    }));
  }

  placeOf({ provider, model }: Target): Place | undefined {
    if (!this.known.size) return undefined;
    const [whole, one] = [this.known.get(`${provider}/*`)?.place, this.known.get(`${provider}/${model}`)?.place];
    return whole === 'out' || one === 'out' ? 'out' : (whole ?? one);
  }

  /**
   * The same candidates: those that are asked last after the others, and none that is out.
   * @throws GatewayError `circuit_open` when all are out
   */
  arrange<T extends Target>(candidates: readonly [T, ...T[]]): readonly [T, ...T[]] {
    if (!this.known.size) return candidates;
    const placed = candidates.map((candidate) => ({ candidate, place: this.placeOf(candidate) }));
    const [first, ...rest] = [
      ...placed.filter(({ place }) => place === undefined),
      ...placed.filter(({ place }) => place === 'last'),
    ].map(({ candidate }) => candidate);
    if (first) return [first, ...rest];
    throw new GatewayError('circuit_open', 'Every model that may answer is taken out of use because of an incident', {
      retryAfter: RETRY_AFTER,
      attempts: 0,
    });
  }
}
