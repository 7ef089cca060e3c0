import { z } from 'zod';
import { picosOfUsd, usdText } from '../../contract/money';
import type { Budget, Period, ShownBudget } from '../../features/budgets';
import { ListQuery } from './list-schema';

const MOST_USD = 1_000_000_000;
/** A picodollar: less would be nothing. */
const LEAST_USD = 1e-12;
const MOST_TAG = 64;
const MOST_USER = 256;

const Usd = z
  .union([
    z.number().min(0),
    z
      .string()
      .regex(
        /^\d{1,10}(?:\.\d{1,12})?$/,
        'must be a decimal number of US dollars, not negative, with at most twelve decimals',
      ),
  ])
  .refine((usd) => Number(usd) <= MOST_USD, { message: `must be at most ${MOST_USD}`, abort: true })
  .refine((usd) => Number(usd) === 0 || Number(usd) >= LEAST_USD, {
    message: `must be 0, or ${LEAST_USD} or more`,
    abort: true,
  })
  .transform(picosOfUsd)
  .describe('US dollars, as a number or as text; text is exact to twelve decimals.');

const Scope = z
  .strictObject({
    tenant: z.uuid().optional().describe('Your own when absent.'),
    key: z.uuid().optional().describe('The id of an API key.'),
    user: z.string().min(1).max(MOST_USER).optional().describe('An end user, as calls name it.'),
    tag: z
      .string()
      .regex(new RegExp(`^[A-Za-z0-9][A-Za-z0-9._:=/+-]{0,${MOST_TAG - 1}}$`), 'must be a tag as calls carry them')
      .optional(),
  })
  .refine(({ key, user, tag }) => [key, user, tag].filter((one) => one !== undefined).length <= 1, {
    message: 'names one of key, user and tag; combinations of them are not offered by this release',
  })
  .describe('Whose calls count: all of a tenant, or those of one key, end user or tag in it.');

const PERIODS = ['day', 'month', 'total'] as const;
const PeriodName = z.union([
  z.enum(PERIODS),
  z.strictObject({ rolling_days: z.int().min(1).max(90) }).describe('The last so many days, by the hour.'),
]);

export const NEVER_ROOM = 'queue needs a window that ends: a budget in total never has room again';
const Action = z
  .enum(['block', 'downgrade', 'queue'])
  .describe(
    'What becomes of a call that does not fit: refused with 402, answered by a cheaper model, or done as a job later.',
  );
const Target = z.string().min(1).max(200).describe('For action downgrade: an alias, or provider/model.');
const Soft = z
  .array(z.int().min(1).max(1_000))
  .max(10)
  .transform((percents) => [...new Set(percents)].sort((one, other) => one - other))
  .describe('Percentages of the limit; reaching one is told of once in a window.');

export const NewBudget = z
  .strictObject({
    scope: Scope.default({}),
    limit_usd: Usd,
    period: PeriodName,
    action: Action.default('block'),
    downgrade_to: Target.optional(),
    hard: z.boolean().default(true).describe('False: nothing is refused; only alerts are given.'),
    soft: Soft.default([80, 100]),
  })
  .refine(hasTarget, { message: 'goes with action downgrade, and with no other', path: ['downgrade_to'] })
  .refine(({ action, period }) => action !== 'queue' || period !== 'total', { message: NEVER_ROOM, path: ['action'] });
export type NewBudget = z.output<typeof NewBudget>;

export const BudgetChange = z
  .strictObject({
    limit_usd: Usd.optional(),
    action: Action.optional(),
    downgrade_to: Target.optional(),
    hard: z.boolean().optional(),
    soft: Soft.optional(),
  })
  .refine((change) => Object.keys(change).length, 'nothing to change')
  .refine(
    ({ action, downgrade_to: to }) =>
      action === undefined ? to === undefined : hasTarget({ action, downgrade_to: to }),
    {
      message: 'goes with action downgrade, and with no other',
      path: ['downgrade_to'],
    },
  );
export type BudgetChange = z.output<typeof BudgetChange>;

export const BudgetQuery = ListQuery.extend({ tenant: z.uuid().optional() });

const amount = z.string().regex(/^-?\d+\.\d{6,12}$/);
export const BudgetView = z.object({
  id: z.uuid(),
  scope: z.object({
    tenant: z.uuid(),
    key: z.string().optional(),
    user: z.string().optional().describe('The reference by which records name the person.'),
    tag: z.string().optional(),
  }),
  period: PeriodName,
  limit_usd: amount,
  spent_usd: amount.describe('By calls that have ended.'),
  held_usd: amount.describe('For calls under way, and for those that ended a moment ago.'),
  left_usd: amount.describe('Negative when more is spent than the limit: it was lowered, or is not hard.'),
  hard: z.boolean(),
  action: z.enum(['block', 'downgrade', 'queue']),
  downgrade_to: z.string().nullable(),
  soft: z.array(z.int()),
  window_start: z.iso.datetime(),
  window_end: z.iso.datetime().nullable().describe('When it begins anew; null for windows that never do.'),
  created_at: z.iso.datetime(),
  created_by: z.uuid().describe('The key that made it.'),
});

export function budgetView({ budget, state }: ShownBudget): z.output<typeof BudgetView> {
  const { scope, name, limit, action } = budget;
  return {
    id: budget.id,
    scope: { tenant: budget.tenantId, ...(scope !== 'tenant' && { [scope]: name }) },
    period: typeof budget.period === 'object' ? { rolling_days: budget.period.rollingDays } : budget.period,
    limit_usd: usdText(limit),
    spent_usd: usdText(state.spent),
    held_usd: usdText(state.held),
    left_usd: usdText(limit - state.spent - state.held),
    hard: budget.hard,
    action: action.kind,
    downgrade_to: action.kind === 'downgrade' ? action.to : null,
    soft: [...budget.soft],
    window_start: state.starts.toISOString(),
    window_end: state.ends?.toISOString() ?? null,
    created_at: budget.createdAt.toISOString(),
    created_by: budget.createdBy,
  };
}

export function periodOf(period: NewBudget['period']): Period {
  return typeof period === 'object' ? { rollingDays: period.rolling_days } : period;
}

export function actionOf({ action, downgrade_to: to }: Pick<NewBudget, 'action' | 'downgrade_to'>): Budget['action'] {
  if (action !== 'downgrade') return { kind: action };
  // a target goes with it
  return { kind: action, to: to ?? '' };
}

function hasTarget({ action, downgrade_to: to }: { action: string; downgrade_to?: string | undefined }): boolean {
  return (action === 'downgrade') === (to !== undefined);
}
