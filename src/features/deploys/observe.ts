import type { DeploySettings } from '../../platform/config/deploy-settings';
import type { Balancer } from './balancer/balancer';
import type { Colour } from '../../contract/colour';
import { type Counts, countsOf } from './metrics/counts';
import { readSeries, type Series } from './metrics/series';

const DEADLINE_MS = 10_000;

/** Looks at colours from outside: as their probes and metrics, and HAProxy, tell. */
export class Observer {
  constructor(
    private readonly colours: DeploySettings['colours'],
    private readonly balancer: Balancer,
  ) {}

  /** Where it answers calls. */
  url(colour: Colour): string {
    return this.colours[colour].url.replace(/\/$/, '');
  }

  /** Where its probes and metrics are. */
  opsUrl(colour: Colour): string {
    return this.colours[colour].opsUrl?.replace(/\/$/, '') ?? this.url(colour);
  }

  async isReady(colour: Colour): Promise<boolean> {
    try {
      const response = await this.get(colour, '/health/ready');
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }

  /** @throws when it, or HAProxy, does not answer */
  async counts(colour: Colour): Promise<Counts> {
    const series = await this.series(colour);
    return countsOf(series, (await this.balancer.lanes())[colour]);
  }

  /**
   * Calls and streams that it still answers; WebSockets are not waited for, for they are taken up elsewhere. A HAProxy that was reloaded
   * does not know what its predecessor still hands on, and a gateway not what is on its way: the larger number is right.
   */
  async open(colour: Colour): Promise<number> {
    const { open } = (await this.balancer.lanes())[colour];
    // without an answer it has none to give either
    const series = await this.series(colour).catch(() => []);
    const value = (name: string) => series.find((one) => one.name === name)?.value ?? 0;
    return Math.max(value('http_requests_open'), open - value('job_sockets'));
  }

  private async series(colour: Colour): Promise<Series[]> {
    const response = await this.get(colour, '/metrics');
    if (!response.ok) throw new Error(`/metrics of ${colour} answered ${response.status}`);
    return readSeries(await response.text());
  }

  private get(colour: Colour, path: string): Promise<Response> {
    return fetch(`${this.opsUrl(colour)}${path}`, { signal: AbortSignal.timeout(DEADLINE_MS) });
  }
}
