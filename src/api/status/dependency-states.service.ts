import { Injectable } from '@nestjs/common';
import type { Dependency } from '../../contract/control';
import { ModelProbe, type ProbeResult } from '../../pipeline';
import { DatabaseState } from '../../platform/database/database-state.service';
import { EventBus } from '../../platform/events/event-bus';
import { RedisConnection } from '../../platform/redis/redis';
import { DependencyChecks } from '../health/dependency-checks.service';

export interface DependencyState {
  readonly name: Dependency;
  readonly status: 'up' | 'down' | 'not_configured';
  /** Since when, where a change was noticed while this process ran. */
  readonly since?: string;
  readonly detail?: string;
}

export interface Surroundings {
  readonly dependencies: readonly DependencyState[];
  /** No provider can be reached at all. */
  readonly alone: boolean;
}

/** Providers are not connected to more often than this, however often somebody looks. */
const FRESH_MS = 2_000;
const UNRESOLVED = /^(ENOTFOUND|EAI_)/;

/** What is there at this moment: asked now, and dated by what happened before. */
@Injectable()
export class DependencyStates {
  private readonly changes = new Map<Dependency, { readonly up: boolean; readonly at: Date }>();
  private reached: { readonly at: number; readonly found: Promise<Record<string, ProbeResult>> } | undefined;

  constructor(
    private readonly checks: DependencyChecks,
    private readonly database: DatabaseState,
    private readonly redis: RedisConnection,
    private readonly probe: ModelProbe,
    events: EventBus,
  ) {
    events.on('dependency.changed', ({ dependency, up }) => this.changes.set(dependency, { up, at: new Date() }));
  }

  async now(): Promise<Surroundings> {
    const [database, redis, found] = await Promise.all([
      this.checks.checkDatabase(),
      this.checks.checkRedis(),
      this.reach(),
    ]);
    const away = Object.entries(found).filter(([, { reachable }]) => !reachable);
    const unresolved = away.filter(([, { detail }]) => UNRESOLVED.test(detail ?? ''));
    const answers = database.database.status === 'up' && !this.database.has('postgresql');
    const dependencies = [
      this.state('postgresql', answers, detailOf(database.database)),
      this.redis.client
        ? this.state('redis', redis.redis.status === 'up', detailOf(redis.redis))
        : ({ name: 'redis', status: 'not_configured' } as const),
      this.state('disk', !this.database.has('disk'), 'PostgreSQL has no room left'),
      this.state('dns', !unresolved.length, listed(unresolved)),
      this.state('provider', !away.length, listed(away)),
    ];
    return { dependencies, alone: away.length === Object.keys(found).length };
  }

  private state(name: Dependency, up: boolean, trouble: string | undefined): DependencyState {
    const change = this.changes.get(name);
    return {
      name,
      status: up ? 'up' : 'down',
      ...(change?.up === up && { since: change.at.toISOString() }),
      ...(!up && trouble !== undefined && { detail: trouble }),
    };
  }

  private reach(): Promise<Record<string, ProbeResult>> {
    const now = Date.now();
    if (!this.reached || now - this.reached.at > FRESH_MS) this.reached = { at: now, found: this.probe.reach() };
    return this.reached.found;
  }
}

function detailOf(result: object): string | undefined {
  const { message } = result as { readonly message?: unknown };
  return typeof message === 'string' ? message : undefined;
}

function listed(providers: readonly (readonly [string, ProbeResult])[]): string {
  return providers.map(([name, { detail }]) => `${name}: ${detail ?? 'cannot be reached'}`).join('; ');
}
