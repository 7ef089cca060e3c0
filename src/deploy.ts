import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { COLOURS, type Colour } from './contract/colour';
import {
  Balancer,
  CannotBegin,
  ComposeDriver,
  Deployment,
  DeployLock,
  DeployStates,
  LocalDriver,
  Observer,
  type Outcome,
  StepLog,
} from './features/deploys';
import { DeploySettings } from './platform/config/deploy-settings';
import { ConfigError, Problems } from './platform/config/problems';
import { readYaml } from './platform/config/read-yaml';
import { processScrubber } from './platform/observability/process-scrubber';
import { runCommand } from './platform/observability/run-command';

const USAGE = `Brings a release of the gateway to its callers in steps, behind HAProxy, and takes it back when it does worse: docs/deploys.md.

  --to blue|green   deploy to this colour
  --release PLACE   what: a folder with a build, or an image with the driver compose; what is here when absent
  --uncompared      all callers at once after the smoke tests, for when the old release is down
  --resume          go on with the deploy that was interrupted; without one, give HAProxy the last shares again
  --rollback        give the callers to the old colour at once, during a deploy or after it
  --abort           give up the deploy that is under way
  --retire          stop the colour that has no callers
  --status          show colours, shares and the last deploy; with --json as JSON

  --config FILE     config/deploy.yaml when absent; what follows is stronger than it
  --driver local|compose
  --steps 1,10,50,100
  --hold SECONDS
  --max-error-rate-increase SHARE, --max-latency-ratio RATIO, --min-calls NUMBER

GATEHOUSE_DEPLOY_KEY, or the file GATEHOUSE_DEPLOY_KEY_FILE: a key of the root tenant with the roles operator and client; GATEHOUSE_ROOT_KEY when absent.

Exit code: 0 done, 1 rolled back or failed, 2 could not begin, or wrongly called, 3 interrupted and left as it is.
`;

const EXIT: Readonly<Record<Outcome, number>> = { deployed: 0, 'rolled back': 1, interrupted: 3 };
const STOP_MS = 30_000;
const LOOK_MS = 50;

const OPTIONS = {
  to: { type: 'string' },
  release: { type: 'string' },
  uncompared: { type: 'boolean' },
  resume: { type: 'boolean' },
  rollback: { type: 'boolean' },
  abort: { type: 'boolean' },
  retire: { type: 'boolean' },
  status: { type: 'boolean' },
  json: { type: 'boolean' },
  config: { type: 'string' },
  driver: { type: 'string' },
  steps: { type: 'string' },
  hold: { type: 'string' },
  'max-error-rate-increase': { type: 'string' },
  'max-latency-ratio': { type: 'string' },
  'min-calls': { type: 'string' },
} as const;
const ACTIONS = ['to', 'resume', 'rollback', 'abort', 'retire', 'status'] as const;
type Action = (typeof ACTIONS)[number];

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** How it was called makes no sense. */
class Misused extends Error {
  readonly code = 'ERR_PARSE_ARGS';
}

function actionOf(values: Values): Action {
  const [action, ...others] = ACTIONS.filter((name) => values[name] !== undefined);
  if (action === undefined || others.length) throw new Misused(`One of --${ACTIONS.join(', --')} is needed`);
  return action;
}

function colourOf(text: string | undefined): Colour {
  const colour = COLOURS.find((name) => name === text);
  if (colour === undefined) throw new Misused(`--to must be ${COLOURS.join(' or ')}`);
  return colour;
}

/** The file, and what the command line says instead. @throws ConfigError that names every mistake */
function readSettings(values: Values): DeploySettings {
  const problems = new Problems();
  const file = resolve(values.config ?? 'config/deploy.yaml');
  const found = readYaml(file, DeploySettings, problems, values.config !== undefined);
  problems.throwIfAny();
  const settings = found as DeploySettings;
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text || Number.NaN));
  const given = <T>(name: string, value: T | undefined) => (value === undefined ? {} : { [name]: value });
  const changed = DeploySettings.safeParse({
    ...settings,
    ...given('driver', values.driver),
    ...given('steps', values.steps?.split(',').map(Number)),
    ...given('holdSeconds', number(values.hold)),
    compare: {
      ...settings.compare,
      ...given('errorRate', number(values['max-error-rate-increase'])),
      ...given('latencyRatio', number(values['max-latency-ratio'])),
      ...given('calls', number(values['min-calls'])),
    },
  });
  if (!changed.success) problems.addAll('the command line', changed.error);
  problems.throwIfAny();
  return changed.data as DeploySettings;
}

/** @throws when there is none */
function readKey(): string {
  const { GATEHOUSE_DEPLOY_KEY: key, GATEHOUSE_DEPLOY_KEY_FILE: file, GATEHOUSE_ROOT_KEY: rootKey } = process.env;
  const found = key?.trim() || (file?.trim() && readFileSync(file.trim(), 'utf8').trim()) || rootKey?.trim();
  if (!found) throw new CannotBegin('GATEHOUSE_DEPLOY_KEY is not set');
  processScrubber.protect('GATEHOUSE_DEPLOY_KEY', found);
  return found;
}

function say(line: string): void {
  console.log(`${new Date().toISOString().slice(11, 23)}  ${processScrubber.text(line)}`);
}

/** A deploy that is told to stop leaves everything as it is; the one who told it goes on from there. */
async function takeOver(lock: DeployLock, action: Action): Promise<void> {
  const holder = lock.take();
  if (!holder) return;
  if (action !== 'rollback' && action !== 'abort')
    throw new CannotBegin(`Another deploy is at work, as process ${holder.pid}`);
  process.kill(holder.pid, 'SIGTERM');
  for (const until = Date.now() + STOP_MS; lock.take(); await sleep(LOOK_MS))
    if (Date.now() > until) throw new CannotBegin(`Process ${holder.pid} is at a deploy and does not let go of it`);
}

async function status(states: DeployStates, balancer: Balancer, asJson: boolean): Promise<number> {
  const { live, releases, deploy, last, unrecorded } = states.read();
  const lanes = await balancer.lanes().catch((error: Error) => error.message);
  const under = deploy && { to: deploy.to, release: deploy.release.label, next: deploy.next, since: deploy.startedAt };
  const told = { live, releases, deploy: under, last, unrecorded: unrecorded.length, haproxy: lanes };
  if (asJson) console.log(JSON.stringify(told, undefined, 2));
  else {
    for (const colour of COLOURS) {
      const lane =
        typeof lanes === 'string'
          ? lanes
          : `${lanes[colour].share} %, ${lanes[colour].up ? 'up' : 'down'}, ${lanes[colour].open} open`;
      console.log(
        `${colour.padEnd(7)}${(releases[colour]?.label ?? '–').padEnd(24)}${lane}${colour === live ? ', has the callers' : ''}`,
      );
    }
    if (under) console.log(`a deploy of ${under.release} to ${under.to} is under way since ${under.since}`);
    if (last)
      console.log(
        `last: ${last.release} to ${last.to}, ${last.outcome}${last.says ? `: ${last.says}` : ''}, ${last.endedAt}`,
      );
    if (unrecorded.length) console.log(`${unrecorded.length} steps wait to be recorded`);
  }
  return 0;
}

async function act(values: Values, action: Action): Promise<number> {
  const to = action === 'to' ? colourOf(values.to) : undefined;
  const settings = readSettings(values);
  const states = new DeployStates(settings.folder);
  const balancer = new Balancer(settings.balancer);
  if (action === 'status') return status(states, balancer, values.json ?? false);
  const key = readKey();
  const driver =
    settings.driver === 'local' ? new LocalDriver(settings, process.env) : new ComposeDriver(process.cwd());
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  const observer = new Observer(settings.colours, balancer);
  const log = new StepLog(states, key, (colour) => observer.url(colour));
  const deployment = new Deployment({
    settings,
    states,
    driver,
    balancer,
    observer,
    log,
    key,
    say,
    signal: stop.signal,
  });
  const lock = new DeployLock(settings.folder);
  await takeOver(lock, action);
  switch (action) {
    case 'to':
      return EXIT[await deployment.begin(to as Colour, await releaseOf(driver, values.release), values.uncompared)];
    case 'resume':
      return EXIT[await deployment.resume()];
    // what was asked for is done
    case 'rollback':
      return (await deployment.rollBack()) === 'rolled back' ? 0 : 1;
    case 'abort':
      return (await deployment.abort()) === 'rolled back' ? 0 : 1;
    case 'retire':
      await deployment.retire();
      return 0;
  }
}

async function releaseOf(driver: LocalDriver | ComposeDriver, place: string | undefined) {
  return driver.release(place).catch((error: Error) => {
    throw new CannotBegin(error.message);
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  const action = actionOf(values);
  try {
    return await act(values, action);
  } catch (error) {
    if (!(error instanceof CannotBegin || error instanceof ConfigError)) throw error;
    console.error(processScrubber.text(error.message));
    return 2;
  }
}

runCommand(main, USAGE);
