import type { ClientBase, Pool } from 'pg';

/** A connection that is lost while nobody waits for its answer: whoever uses it next is told, and the process goes on. */
export function outlives(client: Pick<ClientBase, 'on'>): void {
  client.on('error', () => undefined);
}

/**
 * The same for every connection of a pool, idle or in somebody's hands. A pool by itself sees to those only that are idle: one that is
 * lost between two statements, or before the first, would end the process.
 */
export function lasting(pool: Pool): Pool {
  return pool.on('error', () => undefined).on('connect', outlives);
}
