import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeploySettings } from '../../../platform/config/deploy-settings';
import type { Colour } from '../../../contract/colour';
import type { Release } from '../deploy-state';
import { isAlive, markOf, type ProcessMark } from '../processes';
import { replaceFile } from '../replace-file';
import type { Driver } from './driver';
import { runProgram } from './run-program';

const MIGRATE_MS = 3_600_000;
const GIT_MS = 5_000;
const LOOK_MS = 50;
/** What a gateway must not hold. */
const NOT_THEIRS = {
  GATEHOUSE_DEPLOY_KEY: undefined,
  GATEHOUSE_DEPLOY_KEY_FILE: undefined,
  GATEHOUSE_ADMIN_DATABASE_URL: undefined,
};

/** Colours as processes of this machine, which outlive the command that started them. */
export class LocalDriver implements Driver {
  private readonly folder: string;

  /** @param variables what the processes get, besides what the settings say of their colour */
  constructor(
    private readonly settings: Pick<DeploySettings, 'folder' | 'colours'>,
    private readonly variables: NodeJS.ProcessEnv,
  ) {
    this.folder = resolve(settings.folder);
  }

  async release(place = '.'): Promise<Release> {
    const folder = resolve(place);
    if (!existsSync(join(folder, 'dist/main.js'))) throw new Error(`There is no build in ${folder}: npm run build`);
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    const commit = await runProgram('git', ['-C', folder, 'rev-parse', '--short', 'HEAD'], {
      deadlineMs: GIT_MS,
    }).catch(() => undefined);
    return { place: folder, label: commit === undefined ? version : `${version}@${commit}` };
  }

  async migrate(colour: Colour, { place }: Release): Promise<string> {
    const program = join(place, 'dist/migrate.js');
    if (!existsSync(program)) return 'the release does so when it starts';
    const options = { cwd: place, env: this.environment(colour), deadlineMs: MIGRATE_MS };
    return (await runProgram(process.execPath, [program], options)).split('\n').at(-1) ?? '';
  }

  async start(colour: Colour, { place }: Release): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    // what the release before said is kept, and no more
    if (existsSync(this.logs(colour))) renameSync(this.logs(colour), `${this.logs(colour)}.old`);
    const log = openSync(this.logs(colour), 'a', 0o600);
    const child = spawn(process.execPath, [join(place, 'dist/main.js')], {
      cwd: place,
      env: this.environment(colour),
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await new Promise((started, failed) => child.once('spawn', started).once('error', failed));
    replaceFile(this.markFile(colour), JSON.stringify(markOf(child.pid as number)), 0o600);
    child.unref();
  }

  async isRunning(colour: Colour): Promise<boolean> {
    return this.running(colour) !== undefined;
  }

  async stop(colour: Colour): Promise<void> {
    const mark = this.running(colour);
    if (mark) process.kill(mark.pid, 'SIGTERM');
    while (mark && isAlive(mark)) await sleep(LOOK_MS);
    rmSync(this.markFile(colour), { force: true });
  }

  logs(colour: Colour): string {
    return join(this.folder, `${colour}.log`);
  }

  private running(colour: Colour): ProcessMark | undefined {
    const file = this.markFile(colour);
    if (!existsSync(file)) return undefined;
    const mark = JSON.parse(readFileSync(file, 'utf8')) as ProcessMark;
    return isAlive(mark) ? mark : undefined;
  }

  private markFile(colour: Colour): string {
    return join(this.folder, `${colour}.process`);
  }

  private environment(colour: Colour): NodeJS.ProcessEnv {
    const { url, opsUrl, environment } = this.settings.colours[colour];
    const { hostname, port } = new URL(url);
    return {
      NODE_ENV: 'production',
      GATEHOUSE_DATA_DIR: join(this.folder, colour),
      ...this.variables,
      HOST: hostname,
      PORT: port,
      ...(opsUrl !== undefined && { GATEHOUSE_OPS_PORT: new URL(opsUrl).port }),
      ...environment,
      ...NOT_THEIRS,
    };
  }
}
