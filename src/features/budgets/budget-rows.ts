import type { Action, Budget, BudgetState, Period, ScopeKind } from './budget';

/** A row of `budgets` as PostgreSQL hands it over: numeric is text. */
export interface BudgetRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly scope: ScopeKind;
  readonly name: string;
  readonly period: 'day' | 'month' | 'total' | 'rolling';
  readonly rolling_days: number | null;
  readonly limit_picos: string;
  readonly hard: boolean;
  readonly action: Action['kind'];
  readonly downgrade_to: string | null;
  readonly soft: number[];
  readonly created_at: Date;
  readonly created_by: string;
}

export interface StateRow {
  readonly budget_id: string;
  readonly starts: Date;
  readonly ends: Date | null;
  readonly spent: string;
  readonly held: string;
}

export function budgetOf(row: BudgetRow): Budget {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    scope: row.scope,
    name: row.name,
    period: row.period === 'rolling' ? { rollingDays: row.rolling_days ?? 1 } : row.period,
    limit: BigInt(row.limit_picos),
    hard: row.hard,
    action: row.action === 'downgrade' ? { kind: 'downgrade', to: row.downgrade_to ?? '' } : { kind: row.action },
    soft: row.soft,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}

/** The values of `limit_picos, hard, action, downgrade_to, soft`: what may be changed. */
export function termsOf({ limit, hard, action, soft }: Pick<Budget, 'limit' | 'hard' | 'action' | 'soft'>): unknown[] {
  return [limit.toString(), hard, action.kind, action.kind === 'downgrade' ? action.to : null, soft];
}

export function periodColumns(period: Period): [period: string, days: number | null] {
  return typeof period === 'object' ? ['rolling', period.rollingDays] : [period, null];
}

export function stateOf({ starts, ends, spent, held }: StateRow): BudgetState {
  return { spent: BigInt(spent), held: BigInt(held), starts, ...(ends && { ends }) };
}
