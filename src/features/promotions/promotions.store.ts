import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { GatewayError } from '../../contract/errors';
import type { Comparison } from './compare/compare';
import { PromotionPlan } from './plan';
import { mayBecome, type Evaluation, type Promotion, type PromotionState, type PromotionStep } from './promotion';

export type NewPromotion = Pick<
  Promotion,
  | 'id'
  | 'tenantId'
  | 'alias'
  | 'candidate'
  | 'suite'
  | 'plan'
  | 'incumbent'
  | 'former'
  | 'aliasVersion'
  | 'flag'
  | 'evalRun'
  | 'requestedBy'
>;

/** What becomes of a promotion. */
export interface Move {
  readonly to: PromotionState;
  readonly step?: number | undefined;
  readonly reason?: string | undefined;
  /** The key that decided. */
  readonly by?: string | undefined;
  readonly approvedBy?: string | undefined;
  /** The entry of the audit log that says so. */
  readonly entryId: string;
  readonly evaluation?: Evaluation | undefined;
  readonly comparison?: Comparison | undefined;
  readonly aliasVersion?: number | undefined;
  /** null: it is gone. */
  readonly flagVersion?: number | null | undefined;
}

interface Row {
  readonly id: string;
  readonly tenant_id: string;
  readonly alias: string;
  readonly candidate: string;
  readonly suite: string;
  readonly plan: unknown;
  readonly state: PromotionState;
  readonly step: number;
  readonly reason: string | null;
  readonly incumbent: string;
  readonly former: string[];
  readonly alias_version: number;
  readonly flag: string;
  readonly flag_version: number | null;
  readonly eval_run: string;
  readonly requested_by: string;
  readonly approved_by: string | null;
  readonly evaluation: Evaluation | null;
  readonly comparison: Comparison | null;
  readonly canary_since: Date | null;
  readonly step_since: Date | null;
  readonly created_at: Date;
  readonly changed_at: Date;
}

const ADD = `
  insert into promotions
    (id, tenant_id, alias, candidate, suite, plan, state, incumbent, former, alias_version, flag, eval_run, requested_by)
  values ($1, $2, $3, $4, $5, $6, 'evaluating', $7, $8, $9, $10, $11, $12)
  on conflict do nothing returning id`;
/** Those that go on by themselves. */
const GO_ON = `select id from promotions where state in ('evaluating', 'canary') order by changed_at, id`;
const LIST = `select * from promotions where ($1::uuid is null or id < $1) order by id desc limit $2`;
const MOVE = `
  update promotions
     set state = $2, step = $3, reason = $4, approved_by = coalesce($5, approved_by),
         evaluation = coalesce($6, evaluation), comparison = coalesce($7, comparison),
         alias_version = coalesce($8, alias_version),
         flag_version = case when $9 then $10 else flag_version end,
         canary_since = case when $2 = 'canary' then coalesce(canary_since, clock_timestamp()) else canary_since end,
         step_since = case when $2 = 'canary' then clock_timestamp() else step_since end,
         changed_at = clock_timestamp()
   where id = $1`;
const ADD_STEP = `
  insert into promotion_steps (promotion_id, n, state, step, reason, by_key, entry_id, at)
  select $1, 1 + coalesce(max(n), 0), $2, $3, $4, $5, $6, clock_timestamp() from promotion_steps where promotion_id = $1`;
const STEPS = `select state, step, reason, by_key, entry_id, at from promotion_steps where promotion_id = $1 order by n`;

/** The tables `promotions` and `promotion_steps`. */
@Injectable()
export class Promotions {
  constructor(private readonly database: DataSource) {}

  async find(id: string): Promise<Promotion | undefined> {
    const [row] = await this.database.query<Row[]>('select * from promotions where id = $1', [id]);
    return row && promotionOf(row);
  }

  /** Newest first. */
  async list(before: string | undefined, limit: number): Promise<Promotion[]> {
    return (await this.database.query<Row[]>(LIST, [before ?? null, limit])).map(promotionOf);
  }

  /** How it came where it is. */
  async steps(id: string): Promise<PromotionStep[]> {
    type StepRow = Pick<Row, 'state' | 'step' | 'reason'> & { by_key: string | null; entry_id: string; at: Date };
    const rows = await this.database.query<StepRow[]>(STEPS, [id]);
    return rows.map(({ state, step, reason, by_key: by, entry_id: entryId, at }) => {
      return { state, step, reason: reason ?? undefined, by: by ?? undefined, entryId, at };
    });
  }

  /** Those that go on by themselves, the one that waited longest first. */
  async waiting(): Promise<string[]> {
    return (await this.database.query<{ id: string }[]>(GO_ON)).map(({ id }) => id);
  }

  /** Within one transaction. */
  within<T>(work: (db: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }

  /** @throws GatewayError `conflict` while the alias has another one */
  async add(db: EntityManager, made: NewPromotion, entryId: string): Promise<void> {
    const { id, tenantId, alias, candidate, suite, plan, incumbent, former, aliasVersion, flag, evalRun, requestedBy } =
      made;
    // prettier-ignore
    const values = [
      id, tenantId, alias, candidate, suite, JSON.stringify(plan), incumbent, former, aliasVersion, flag, evalRun, requestedBy,
    ];
    const added = await db.query<object[]>(ADD, values);
    if (!added.length)
      throw new GatewayError('conflict', `Another promotion of ${alias} is under way`, { param: 'alias' });
    await db.query(ADD_STEP, [id, 'evaluating', 0, null, requestedBy, entryId]);
  }

  /**
   * The promotion, for as long as the transaction lasts nobody else's.
   * @param wait false: undefined when somebody else has it
   */
  async locked(db: EntityManager, id: string, wait: boolean): Promise<Promotion | undefined> {
    const [row] = await db.query<Row[]>(
      `select * from promotions where id = $1 for update${wait ? '' : ' skip locked'}`,
      [id],
    );
    return row && promotionOf(row);
  }

  /** @throws GatewayError `conflict` when it cannot become that */
  async move(db: EntityManager, from: Promotion, move: Move): Promise<void> {
    checkMove(from, move.to);
    const {
      to,
      step = from.step,
      reason,
      by,
      approvedBy,
      entryId,
      evaluation,
      comparison,
      aliasVersion,
      flagVersion,
    } = move;
    // prettier-ignore
    await db.query(MOVE, [
      from.id, to, step, reason ?? null, approvedBy ?? null, evaluation ? JSON.stringify(evaluation) : null,
      comparison ? JSON.stringify(comparison) : null, aliasVersion ?? null, flagVersion !== undefined, flagVersion ?? null,
    ]);
    await db.query(ADD_STEP, [from.id, to, step, reason ?? null, by ?? null, entryId]);
  }

  /** What a look at a canary found that changed nothing. */
  async note(db: EntityManager, { id }: Promotion, comparison: Comparison): Promise<void> {
    await db.query('update promotions set comparison = $2, changed_at = clock_timestamp() where id = $1', [
      id,
      JSON.stringify(comparison),
    ]);
  }
}

/** @throws GatewayError `conflict` */
export function checkMove({ state }: Pick<Promotion, 'state'>, to: PromotionState): void {
  if (mayBecome(state, to)) return;
  throw new GatewayError('conflict', `A promotion that is ${state} cannot become ${to}`, { details: { state } });
}

function promotionOf(row: Row): Promotion {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    alias: row.alias,
    candidate: row.candidate,
    suite: row.suite,
    plan: PromotionPlan.parse(row.plan),
    state: row.state,
    step: row.step,
    reason: row.reason ?? undefined,
    incumbent: row.incumbent,
    former: row.former,
    aliasVersion: row.alias_version,
    flag: row.flag,
    flagVersion: row.flag_version ?? undefined,
    evalRun: row.eval_run,
    requestedBy: row.requested_by,
    approvedBy: row.approved_by ?? undefined,
    evaluation: row.evaluation ?? undefined,
    comparison: row.comparison ?? undefined,
    canarySince: row.canary_since ?? undefined,
    stepSince: row.step_since ?? undefined,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}
