import type { ModuleRef } from '@nestjs/core';
import type { Caller } from '../../contract/caller';
import type { Dependency } from '../../contract/control';
import type { ModelEntries } from '../../features/models';
import type { DependencyStates, Surroundings } from './dependency-states.service';
import { Status } from './status.service';

const ROWS = [
  { name: 'mine', tenant: 'mine', in_use: 1 },
  { name: 'theirs', tenant: 'theirs', in_use: 2 },
  { name: 'openai', in_use: 3 },
];

function status(away: Dependency[], alone = false): Status {
  const dependencies = away.map((name) => ({ name, status: 'down' as const }));
  const surroundings = { now: () => Promise.resolve<Surroundings>({ dependencies, alone }) };
  const modules = { get: () => ({ reports: 'bulkheads', state: () => (modules.asked++ ? [] : ROWS) }), asked: 0 };
  const models = { warnings: () => [] } as unknown as ModelEntries;
  return new Status(surroundings as unknown as DependencyStates, models, modules as unknown as ModuleRef);
}
const caller = (root: boolean) => ({ root, tenantId: 'mine' }) as Caller;

describe('GET /v1/status', () => {
  it('shows a tenant nothing of other tenants', async () => {
    const { bulkheads } = await status([]).show(caller(false));
    expect(bulkheads.map(({ name }) => name)).toEqual(['mine', 'openai']);
    expect((await status([]).show(caller(true))).bulkheads).toHaveLength(3);
  });

  it('is closed when no provider is left, and marks the cells that hold now', async () => {
    const { status: verdict, controls } = await status(['provider']).show(caller(true));
    expect(verdict).toBe('degraded');
    expect(controls.filter(({ now }) => now).every(({ dependency }) => dependency === 'provider')).toBe(true);
    expect((await status(['provider'], true).show(caller(true))).status).toBe('closed');
  });
});
