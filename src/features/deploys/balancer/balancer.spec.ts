import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HaproxyDouble } from '../../../../test/support/haproxy-double';
import { Balancer } from './balancer';

describe('HAProxy', () => {
  let folder: string;
  let runtime: HaproxyDouble;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'balancer-'));
    runtime = new HaproxyDouble();
    await runtime.listen(join(folder, 'sock'));
  });
  afterEach(() => {
    runtime.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const balancer = (backend = 'gatehouse') =>
    new Balancer({ runtime: join(folder, 'sock'), backend, stateFile: join(folder, 'kept', 'state') });

  it('tells of each colour its share, whether it is up, and what it did', async () => {
    expect(await balancer().lanes()).toEqual({
      blue: { share: 100, up: true, open: 0, answers: 93, faults: 6 },
      green: { share: 0, up: false, open: 0, answers: 0, faults: 0 },
    });
  });

  it('gives shares, to the one that gains first, and keeps them for its next start', async () => {
    await balancer().give('green', 10);
    expect(runtime.weights).toEqual({ blue: 90, green: 10 });
    expect(runtime.orders.filter((order) => order.includes('weight'))).toEqual([
      'set server gatehouse/green weight 10',
      'set server gatehouse/blue weight 90',
    ]);
    expect(readFileSync(join(folder, 'kept', 'state'), 'utf8')).toBe('1\n# as it is\n');
    await balancer().give('blue', 100);
    expect(runtime.weights).toEqual({ blue: 100, green: 0 });
  });

  it('that is not there, or lacks the servers, is named', async () => {
    await expect(balancer('other').lanes()).rejects.toThrow('HAProxy has no server other/blue');
    const nowhere = new Balancer({ runtime: join(folder, 'none'), backend: 'gatehouse', stateFile: 'x' });
    await expect(nowhere.lanes()).rejects.toThrow(/cannot be reached: ENOENT/);
  });
});
