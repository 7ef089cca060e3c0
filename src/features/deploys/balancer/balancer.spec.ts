import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Balancer } from './balancer';

/** As much of HAProxy's runtime API as is spoken here. */
class RuntimeDouble {
  readonly orders: string[] = [];
  readonly weights: Record<string, number> = { blue: 100, green: 0 };
  private readonly server: Server = createServer((socket) =>
    socket.setEncoding('utf8').on('data', (text: string) => socket.end(`${this.answer(text.trim())}\n\n`)),
  );

  async listen(path: string): Promise<void> {
    await once(this.server.listen(path), 'listening');
  }

  close(): void {
    this.server.close();
  }

  private answer(order: string): string {
    if (order === 'show servers state') return '1\n# as it is';
    if (order === 'show stat')
      return [
        '# pxname,svname,scur,status,weight,econ,eresp,hrsp_2xx,hrsp_5xx',
        'calls,FRONTEND,9,OPEN,,,,,',
        `gatehouse,blue,4,UP,${this.weights['blue']},1,2,90,3`,
        `gatehouse,green,0,DOWN 1/3,${this.weights['green']},,,,`,
      ].join('\n');
    this.orders.push(order);
    const [, name = '', weight] = /^set server gatehouse\/(\w+) weight (\d+)$/.exec(order) ?? [];
    if (weight === undefined) return order.endsWith(' state ready') ? '' : 'Unknown command.';
    this.weights[name] = Number(weight);
    return '';
  }
}

describe('HAProxy', () => {
  let folder: string;
  let runtime: RuntimeDouble;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'balancer-'));
    runtime = new RuntimeDouble();
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
      blue: { share: 100, up: true, open: 4, answers: 93, faults: 6 },
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
