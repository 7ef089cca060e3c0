import type { Colour } from '../../../contract/colour';
import type { Release } from '../deploy-state';
import type { Driver } from './driver';
import { runProgram } from './run-program';

const MINUTE_MS = 60_000;
const MIGRATE_MS = 60 * MINUTE_MS;
const BUILD_MS = 30 * MINUTE_MS;
/** Longer than `stop_grace_period`. */
const STOP_MS = 5 * MINUTE_MS;
const LOOK_MS = 10_000;

/**
 * Colours as services of docker-compose.yml, `gateway-blue` and `gateway-green`, each in a profile of its own. Their images are
 * `gatehouse:blue` and `gatehouse:green`: whoever calls compose by hand gets what was deployed.
 */
export class ComposeDriver implements Driver {
  /** @param folder with docker-compose.yml */
  constructor(
    private readonly folder: string,
    private readonly docker = 'docker',
  ) {}

  /** Without a name the image is built of what is here. */
  async release(place = 'gatehouse:latest'): Promise<Release> {
    if (place === 'gatehouse:latest') await this.run(['build', '--tag', place, '.'], BUILD_MS);
    const id = await this.run(['image', 'inspect', '--format', '{{.Id}}', place], LOOK_MS);
    return { place, label: `${place}@${id.replace(/^sha256:/, '').slice(0, 12)}` };
  }

  async migrate(colour: Colour, { place }: Release): Promise<string> {
    await this.run(['tag', place, `gatehouse:${colour}`], LOOK_MS);
    const once = ['run', '--rm', '--no-deps', serviceOf(colour), 'node', 'dist/migrate.js'];
    return (await this.compose(colour, once, MIGRATE_MS)).split('\n').at(-1) ?? '';
  }

  async start(colour: Colour): Promise<void> {
    await this.compose(
      colour,
      ['up', '--detach', '--no-deps', '--no-build', '--force-recreate', serviceOf(colour)],
      STOP_MS,
    );
  }

  async isRunning(colour: Colour): Promise<boolean> {
    const running = await this.compose(colour, ['ps', '--services', '--status', 'running'], LOOK_MS);
    return running.split('\n').includes(serviceOf(colour));
  }

  async stop(colour: Colour): Promise<void> {
    await this.compose(colour, ['stop', serviceOf(colour)], STOP_MS);
  }

  logs(colour: Colour): string {
    return `docker compose logs ${serviceOf(colour)}`;
  }

  private compose(colour: Colour, args: readonly string[], deadlineMs: number): Promise<string> {
    return this.run(['compose', '--profile', colour, ...args], deadlineMs);
  }

  private run(args: readonly string[], deadlineMs: number): Promise<string> {
    return runProgram(this.docker, args, { cwd: this.folder, env: process.env, deadlineMs });
  }
}

const serviceOf = (colour: Colour) => `gateway-${colour}`;
