import { hash } from 'node:crypto';
import type { Picos } from '../../../contract/money';
import type { Change } from './changes';
import { type LedgerRow, reportedModel } from './ledger-row';
import { addMeasures, type Measures, measuresOf, NO_MEASURES } from './measures';

/** Whose spend is kept by the hour. */
export type Scope = 'tenant' | 'key' | 'user' | 'tag';

export interface TotalDelta {
  readonly scope: Scope;
  readonly tenant_id: string;
  /** Of the key, the person or the tag; of a tenant: empty. */
  readonly name: string;
  /** When the hour begins. */
  readonly hour: string;
  readonly picos: Picos;
}

export interface DayDelta {
  readonly day: string;
  readonly tenant_id: string;
  /** Hex. */
  readonly grain: string;
  readonly key_id: string;
  readonly provider: string;
  readonly model: string;
  readonly user_ref?: string;
  readonly tags?: readonly string[];
  readonly measures: Measures;
}

const HOUR_MS = 3_600_000;
const GRAIN_BYTES = 16;

/** By how much sums change; what does not change is left out. */
export function totalDeltas(changes: readonly Change[]): TotalDelta[] {
  const sums = new Map<string, TotalDelta>();
  const add = (row: LedgerRow, sign: 1n | -1n) => {
    const { tenantId: tenant_id, cost } = row;
    const hour = new Date(row.at - (row.at % HOUR_MS)).toISOString();
    if (!cost) return;
    for (const [scope, name] of scopesOf(row)) {
      const key = `${scope} ${tenant_id} ${hour} ${name}`;
      const picos = (sums.get(key)?.picos ?? 0n) + sign * cost;
      sums.set(key, { scope, tenant_id, name, hour, picos });
    }
  };
  for (const { before, after } of changes) {
    if (before) add(before, -1n);
    add(after, 1n);
  }
  return [...sums.values()].filter(({ picos }) => picos !== 0n);
}

/** @param detailed with people and tags */
export function dayDeltas(changes: readonly Change[], detailed: boolean): DayDelta[] {
  const sums = new Map<string, DayDelta>();
  const add = (row: LedgerRow, sign: 1n | -1n) => {
    const dimensions = dimensionsOf(row, detailed);
    const key = JSON.stringify(dimensions);
    const sum = sums.get(key) ?? { ...dimensions, grain: grainOf(dimensions), measures: NO_MEASURES };
    sums.set(key, { ...sum, measures: addMeasures(sum.measures, measuresOf(row), sign) });
  };
  for (const { before, after } of changes) {
    if (before) add(before, -1n);
    add(after, 1n);
  }
  return [...sums.values()].filter(({ measures }) => Object.values(measures).some((sum) => sum !== 0n));
}

function scopesOf({ keyId, userRef, tags }: LedgerRow): readonly (readonly [Scope, string])[] {
  return [
    ['tenant', ''],
    ['key', keyId],
    ...(userRef === undefined ? [] : [['user', userRef] as const]),
    ...tags.map((tag) => ['tag', tag] as const),
  ];
}

type Dimensions = Omit<DayDelta, 'grain' | 'measures'>;

function dimensionsOf(row: LedgerRow, detailed: boolean): Dimensions {
  return {
    day: new Date(row.at).toISOString().slice(0, 10),
    tenant_id: row.tenantId,
    key_id: row.keyId,
    provider: row.provider ?? '',
    model: reportedModel(row),
    ...(detailed && { user_ref: row.userRef ?? '', tags: row.tags }),
  };
}

function grainOf({ key_id, provider, model, user_ref, tags }: Dimensions): string {
  const parts = [key_id, provider, model, ...(tags ? [user_ref, tags] : [])];
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, 2 * GRAIN_BYTES);
}
