import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** As much of HAProxy's runtime API as a deploy speaks. The drill has a real one. */
export class HaproxyDouble {
  readonly orders: string[] = [];
  readonly weights: Record<string, number> = { blue: 100, green: 0 };
  readonly status: Record<string, string> = { blue: 'UP', green: 'DOWN 1/3' };
  private readonly server: Server = createServer((socket) =>
    socket.setEncoding('utf8').on('data', (text: string) => socket.end(`${this.answer(text.trim())}\n\n`)),
  );

  /** @param path of its socket */
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
        `gatehouse,blue,0,${this.status['blue']},${this.weights['blue']},1,2,90,3`,
        `gatehouse,green,0,${this.status['green']},${this.weights['green']},,,,`,
      ].join('\n');
    this.orders.push(order);
    const [, name = '', weight] = /^set server gatehouse\/(\w+) weight (\d+)$/.exec(order) ?? [];
    if (weight === undefined) return order.endsWith(' state ready') ? '' : 'Unknown command.';
    this.weights[name] = Number(weight);
    return '';
  }
}
