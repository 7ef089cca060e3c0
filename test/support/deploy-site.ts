import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Colour } from '../../src/contract/colour';
import { Balancer, Deployment, DeployStates, Observer, StepLog } from '../../src/features/deploys';
import type { Driver } from '../../src/features/deploys/drivers/driver';
import { DeploySettings } from '../../src/platform/config/deploy-settings';
import type { Gateway } from './gateway';
import { HaproxyDouble } from './haproxy-double';

const RELEASE = { place: '/release', label: '1.2.0' };

/** Two gateways that run already, as colours: what starts and stops them only notes that it was asked to. */
export class DeploySite {
  readonly asked: string[] = [];
  readonly said: string[] = [];
  readonly haproxy = new HaproxyDouble();
  readonly states: DeployStates;
  /** Done when the new colour is to be started. */
  onStart: () => Promise<void> = async () => undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'deploy-site-'));
  private readonly running = new Set<Colour>(['blue']);

  private constructor(
    private readonly colours: Record<Colour, Gateway>,
    private readonly settings: object,
  ) {
    this.states = new DeployStates(this.folder);
  }

  /** @param settings of config/deploy.yaml */
  static async start(colours: Record<Colour, Gateway>, settings: object): Promise<DeploySite> {
    const site = new DeploySite(colours, settings);
    await site.haproxy.listen(join(site.folder, 'haproxy'));
    return site;
  }

  close(): void {
    this.haproxy.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** @param key that records the steps and makes the smoke tests */
  deployment(key: string): Deployment {
    const { blue, green } = this.colours;
    const settings = DeploySettings.parse({
      colours: { blue: { url: blue.url }, green: { url: green.url } },
      balancer: { runtime: join(this.folder, 'haproxy'), stateFile: join(this.folder, 'servers.state') },
      ...this.settings,
    });
    const { states } = this;
    const balancer = new Balancer(settings.balancer);
    const observer = new Observer(settings.colours, balancer);
    const log = new StepLog(states, key, (colour) => observer.url(colour));
    const say = (line: string) => void this.said.push(line);
    const { signal } = new AbortController();
    return new Deployment({ settings, states, driver: this.driver, balancer, observer, log, key, say, signal });
  }

  deploy(key: string, uncompared = false) {
    return this.deployment(key).begin('green', RELEASE, uncompared);
  }

  private readonly driver: Driver = {
    release: async () => RELEASE,
    migrate: async () => 'nothing to migrate',
    isRunning: async (colour) => this.running.has(colour),
    logs: () => 'nowhere',
    start: async (colour) => {
      this.asked.push(`start ${colour}`);
      this.running.add(colour);
      this.haproxy.status[colour] = 'UP';
      await this.onStart();
    },
    stop: async (colour) => {
      this.asked.push(`stop ${colour}`);
      this.running.delete(colour);
      this.haproxy.status[colour] = 'DOWN';
    },
  };
}
