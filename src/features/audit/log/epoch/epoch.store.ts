import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { LEADER_LOCK } from '../checkpoint/leader.store';

const PATIENCE_MS = 3_000;

/** Nobody signs meanwhile. @throws when a gateway still runs */
export async function holdLeadership(client: ClientBase): Promise<void> {
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(100)) {
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1, $2) as mine', LEADER_LOCK);
    if (rows[0]?.mine) return;
    if (Date.now() > until) throw new Error('A gateway still runs on this database: stop every one of them first.');
  }
}

/** From the present epoch to `epoch`; those between were seen elsewhere and are not used again. */
export async function beginEpoch(client: ClientBase, present: number, epoch: number): Promise<void> {
  for (let next = present + 1; next <= epoch; next++) await client.query('select audit.new_epoch($1)', [next]);
}
