import type { ClientBase } from 'pg';
import type { Estimate, Taken } from './budget-holds';
import { takenOf, takeRow, type Verdict } from './hold-rows';

/** It lives until it is ended, whatever process it was taken by. */
const TAKE = `select budget_take($1, interval '100 years', make_interval(secs => $2), $3::jsonb) as verdicts`;
const END = `
  delete from budget_holds where (call_id, n, budget_id) in (
    select call_id, n, budget_id from budget_holds where call_id = any ($1) order by call_id, n, budget_id for update)`;

export interface JobHoldRequest {
  readonly jobId: string;
  readonly tenantId: string;
  /** Tells apart the several times that one job was handed in. */
  readonly n: number;
  readonly at: number;
  readonly budgets: readonly string[];
  readonly estimate: Estimate;
  /** When nobody ends it, it counts no longer than this. */
  readonly seconds: number;
}

/** Money set aside for a job, within the transaction in which it is handed in. Its calls take from it. */
export async function takeForJob(client: ClientBase, request: JobHoldRequest): Promise<Taken> {
  const { jobId: callId, tenantId, n, at, budgets, estimate, seconds } = request;
  const one = { callId, at, budgets, estimate };
  const values = [tenantId, seconds, JSON.stringify([takeRow(one, n)])];
  const { rows } = await client.query<{ verdicts: [Verdict] }>(TAKE, values);
  return takenOf((rows[0] as { verdicts: [Verdict] }).verdicts[0], one, n);
}

/** Within the transaction in which these jobs end: what their calls did not take is free. */
export async function endJobHolds(client: ClientBase, jobIds: readonly string[]): Promise<void> {
  await client.query(END, [jobIds]);
}
