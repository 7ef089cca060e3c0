import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ErrorCode } from '../../../contract/errors';
import type { Picos } from '../../../contract/money';

/** One side of a comparison. */
export interface Took {
  /** `provider/model`. */
  readonly model: string;
  /** From asking to the end of the answer. */
  readonly ms: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Undefined where nobody knows the price. */
  readonly cost: Picos | undefined;
}

/** A call that a second model was sent as well. */
export interface ShadowCall {
  readonly callId: string;
  readonly tenantId: string;
  /** The alias or model whose shadow it is. */
  readonly subject: string;
  readonly caller: Took;
  readonly shadow: Took;
  /** Why the shadow gave no answer. */
  readonly error?: ErrorCode;
  /** Of the two answers, 0 to 1; absent without one. */
  readonly similarity?: number;
}

export interface Side {
  readonly model: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: Picos;
}

/** What both sides took, of the calls whose shadow answered; errors are counted apart. */
export interface Comparison {
  readonly subject: string;
  readonly calls: number;
  readonly errors: number;
  readonly caller: Side;
  readonly shadow: Side;
  /** The mean; undefined without an answer. */
  readonly similarity: number | undefined;
  readonly first: Date;
  readonly last: Date;
}

const KEPT_DAYS = 30;
const PRUNED_EVERY = 500;
const MOST_PAIRS = 200;
const ADD = `
  insert into shadow_calls (call_id, at, tenant_id, subject, model, shadow_model, error_code, ms, shadow_ms,
    input_tokens, output_tokens, shadow_input_tokens, shadow_output_tokens, cost_picos, shadow_cost_picos, similarity)
  values ($1, now(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing`;
const PRUNE = `delete from shadow_calls where at < now() - interval '${KEPT_DAYS} days'`;

const side = (prefix: string) => `
  percentile_disc(0.5) within group (order by ${prefix}ms) filter (where error_code is null) as ${prefix}p50,
  percentile_disc(0.95) within group (order by ${prefix}ms) filter (where error_code is null) as ${prefix}p95,
  coalesce(sum(${prefix}input_tokens), 0)::text as ${prefix}input,
  coalesce(sum(${prefix}output_tokens), 0)::text as ${prefix}output,
  coalesce(sum(${prefix}cost_picos), 0)::text as ${prefix}cost`;
const COMPARE = `
  select subject, model, shadow_model, count(*)::int as calls, count(error_code)::int as errors, ${side('')}, ${side('shadow_')},
    avg(similarity)::float8 as similarity, min(at) as first, max(at) as last
  from shadow_calls where at >= $1 and at < $2 and ($3::text is null or subject = $3)
  group by subject, model, shadow_model order by subject, model, shadow_model limit ${MOST_PAIRS}`;

type SideRow<P extends string> = Record<`${P}p50` | `${P}p95`, number | null> &
  Record<`${P}input` | `${P}output` | `${P}cost`, string>;
type Row = SideRow<''> &
  SideRow<'shadow_'> & {
    readonly subject: string;
    readonly model: string;
    readonly shadow_model: string;
    readonly calls: number;
    readonly errors: number;
    readonly similarity: number | null;
    readonly first: Date;
    readonly last: Date;
  };

/** Figures of calls that a second model was sent as well, for thirty days. */
@Injectable()
export class ShadowCalls {
  private added = 0;

  constructor(private readonly database: DataSource) {}

  async add({ callId, tenantId, subject, caller, shadow, error, similarity }: ShadowCall): Promise<void> {
    await this.database.query(ADD, [
      callId,
      tenantId,
      subject,
      caller.model,
      shadow.model,
      error ?? null,
      Math.round(caller.ms),
      Math.round(shadow.ms),
      caller.inputTokens,
      caller.outputTokens,
      shadow.inputTokens,
      shadow.outputTokens,
      caller.cost?.toString() ?? null,
      shadow.cost?.toString() ?? null,
      similarity ?? null,
    ]);
    if (this.added++ % PRUNED_EVERY === 0) await this.database.query(PRUNE);
  }

  /** By subject and models. @param to exclusive */
  async compare({ from, to, subject }: { from: Date; to: Date; subject?: string | undefined }): Promise<Comparison[]> {
    const rows = await this.database.query<Row[]>(COMPARE, [from, to, subject ?? null]);
    return rows.map((row) => ({
      subject: row.subject,
      calls: row.calls,
      errors: row.errors,
      caller: {
        model: row.model,
        p50Ms: row.p50 ?? 0,
        p95Ms: row.p95 ?? 0,
        inputTokens: Number(row.input),
        outputTokens: Number(row.output),
        cost: BigInt(row.cost),
      },
      shadow: {
        model: row.shadow_model,
        p50Ms: row.shadow_p50 ?? 0,
        p95Ms: row.shadow_p95 ?? 0,
        inputTokens: Number(row.shadow_input),
        outputTokens: Number(row.shadow_output),
        cost: BigInt(row.shadow_cost),
      },
      similarity: row.similarity ?? undefined,
      first: row.first,
      last: row.last,
    }));
  }
}
