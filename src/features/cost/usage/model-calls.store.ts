import { Pool } from 'pg';
import { connectionOptions } from '../../../platform/database/connection';
import { lasting } from '../../../platform/database/lasting-pool';

export interface CallsQuestion {
  /** As it was asked for. */
  readonly model: string;
  /** `flag=variant`. */
  readonly flag: string;
  /** Those for which the flag chose the variant, or all others. */
  readonly chosen: boolean;
  readonly since: Date;
  /** The newest so many. */
  readonly limit: number;
}

/** How a call went that a model was asked for and somebody waited for. */
export interface ModelCall {
  /** No model answered, or another one stood in. */
  readonly failed: boolean;
  readonly target: string | undefined;
  readonly latencyMs: number | undefined;
  readonly firstTokenMs: number | undefined;
  /** In dollars; undefined where nobody knows. */
  readonly usd: number | undefined;
}

interface Row {
  readonly outcome: string;
  readonly degraded: string | null;
  readonly target: string | null;
  readonly latency_ms: number | null;
  readonly first_token_ms: number | null;
  readonly usd: number | null;
}

const CONNECTIONS = 2;
/**
 * Who hung up, or was refused, says nothing of a model; nor does an answer that was there already, or a cheaper model that a budget
 * chose. Nobody waited for calls of the gateway's own.
 */
const CALLS = `
  select outcome, degraded, provider || '/' || provider_model as target, latency_ms, first_token_ms,
         (cost_picos / 1e12)::float8 as usd
    from spend
   where at >= $1 and model = $2 and (flags @> array[$3]) = $4
     and operation = 'chat' and outcome in ('answered', 'failed') and not reused and not batch
     and degraded is distinct from 'budget' and not (tags && array['purpose:shadow', 'purpose:eval'])
   order by at desc limit $5`;

/** Reads from the ledger how single calls went, which no rollup tells. */
export class ModelCalls {
  private readonly pool: Pool;

  constructor(url: string) {
    this.pool = lasting(
      new Pool({ ...connectionOptions(url, 'model-calls'), max: CONNECTIONS, allowExitOnIdle: true }),
    );
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** The newest first. What is in the ledger: who needs the last second brings it up to date before. */
  async of({ model, flag, chosen, since, limit }: CallsQuestion): Promise<ModelCall[]> {
    const { rows } = await this.pool.query<Row>({
      name: 'model-calls',
      text: CALLS,
      values: [since, model, flag, chosen, limit],
    });
    return rows.map(({ outcome, degraded, target, latency_ms: latency, first_token_ms: first, usd }) => ({
      failed: outcome === 'failed' || degraded !== null,
      target: target ?? undefined,
      latencyMs: latency ?? undefined,
      firstTokenMs: first ?? undefined,
      usd: usd ?? undefined,
    }));
  }
}
