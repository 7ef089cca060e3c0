import type { Picos } from '../../contract/money';

/** Whose calls a budget is about, within its tenant. */
export const SCOPES = ['tenant', 'key', 'user', 'tag'] as const;
export type ScopeKind = (typeof SCOPES)[number];

/** Days and months are calendar ones, UTC; `total` counts from the hour in which the budget was made. */
export type Period = 'day' | 'month' | 'total' | { readonly rollingDays: number };

/** What becomes of a call that does not fit. */
export type Action =
  | { readonly kind: 'block' }
  | { readonly kind: 'downgrade'; readonly to: string }
  /** It is done as a job, when there may be room. */
  | { readonly kind: 'queue' };

export interface Budget {
  readonly id: string;
  readonly tenantId: string;
  readonly scope: ScopeKind;
  /** The key's id, the person's subject reference or the tag; empty for a tenant. */
  readonly name: string;
  readonly period: Period;
  readonly limit: Picos;
  /** False: going over it is told of, and nothing is refused. */
  readonly hard: boolean;
  readonly action: Action;
  /** Percentages of the limit whose reaching is told of; ascending. */
  readonly soft: readonly number[];
  readonly createdAt: Date;
  readonly createdBy: string;
}

/** What is known of a budget's present window. */
export interface BudgetState {
  readonly spent: Picos;
  readonly held: Picos;
  readonly starts: Date;
  /** Absent when the window has no end of its own: `total`, and rolling ones. */
  readonly ends?: Date;
}

/** Who makes a call, as far as budgets ask. */
export interface CallerScope {
  readonly tenantId: string;
  readonly keyId: string;
  /** A subject reference. */
  readonly userRef?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

export function periodText(period: Period): string {
  if (typeof period === 'object') return `over the last ${period.rollingDays} days`;
  return period === 'total' ? 'in total' : `per ${period}`;
}
