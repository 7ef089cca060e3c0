import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from '../../contract/ids';
import type { DeploySettings } from '../../platform/config/deploy-settings';
import type { Balancer } from './balancer/balancer';
import { type Colour, otherThan } from '../../contract/colour';
import type { Deploy, DeployStates, Release, StepRecord } from './deploy-state';
import type { Driver } from './drivers/driver';
import { hold } from './hold';
import type { Observer } from './observe';
import { type SmokeTarget, smoke } from './smoke';
import type { StepLog } from './step-log';

const LOOK_MS = 100;
/** Metrics are looked at less often: each look costs the gateways something. */
const COMPARE_MS = 500;
/** How long HAProxy is asked again for the way back, before people are asked for help. */
const INSIST_MS = 60_000;

/** `interrupted`: left as it is, to be resumed or rolled back. */
export type Outcome = 'deployed' | 'rolled back' | 'interrupted';

/** The deploy cannot begin; nothing was done. */
export class CannotBegin extends Error {}

export interface DeployParts {
  readonly settings: DeploySettings;
  readonly states: DeployStates;
  readonly driver: Driver;
  readonly balancer: Balancer;
  readonly observer: Observer;
  readonly log: StepLog;
  readonly key: string;
  /** Tells people. */
  readonly say: (line: string) => void;
  /** Stops between two looks, and leaves everything as it is. */
  readonly signal: AbortSignal;
}

type Step =
  | { readonly name: 'clear' | 'migrate' | 'start' | 'ready' | 'smoke' | 'drain' }
  | { readonly name: 'shift'; readonly share: number };

/** @param steps the shares */
export function planOf(steps: readonly number[]): Step[] {
  return [
    { name: 'clear' },
    { name: 'migrate' },
    { name: 'start' },
    { name: 'ready' },
    { name: 'smoke' },
    ...steps.map((share) => ({ name: 'shift' as const, share })),
    { name: 'drain' },
  ];
}

/** Brings a release to the callers in steps, and takes it back when it does worse. Every step may be done again. */
export class Deployment {
  constructor(private readonly parts: DeployParts) {}

  /** @throws CannotBegin */
  async begin(to: Colour, release: Release): Promise<Outcome> {
    const { states, settings, balancer, observer, say } = this.parts;
    const { deploy: unfinished } = states.read();
    if (unfinished) throw new CannotBegin(`A deploy to ${unfinished.to} is under way: --resume or --abort`);
    const other = otherThan(to);
    const lanes = await balancer.lanes().catch((error: Error) => {
      throw new CannotBegin(error.message);
    });
    if (lanes[to].share > 0 && lanes[to].up)
      throw new CannotBegin(`${to} has callers${lanes[other].share ? '' : `: deploy to ${other}`}`);
    const from = lanes[other].share > 0 && (await observer.isReady(other)) ? other : undefined;
    const deploy: Deploy = {
      id: uuidv7(),
      to,
      from,
      release,
      steps: from ? settings.steps : [100],
      holdSeconds: settings.holdSeconds,
      startedAt: new Date().toISOString(),
      next: 0,
      baseline: from && (await observer.counts(from)),
    };
    await this.record(deploy, 'begin').catch((error: Error) => {
      throw new CannotBegin(error.message);
    });
    states.change({ deploy });
    say(`deploys ${release.label} to ${to}${from ? `, in place of ${from}` : ': nobody has the callers'}`);
    return this.goOn(deploy);
  }

  /** Goes on with the deploy that is under way; without one, gives HAProxy the shares again that the last one left. */
  async resume(): Promise<Outcome> {
    const { states, balancer, say } = this.parts;
    const { deploy, live } = states.read();
    if (deploy?.failure !== undefined) return this.rollBack(deploy, deploy.failure);
    if (deploy) {
      say(`goes on with ${deploy.release.label} to ${deploy.to}`);
      return this.goOn(deploy);
    }
    if (!live) throw new CannotBegin('There is nothing to resume');
    await balancer.give(live, 100);
    say(`nothing to resume; ${live} has the callers`);
    return 'deployed';
  }

  /** Gives up the deploy that is under way. @throws CannotBegin */
  async abort(): Promise<Outcome> {
    const { deploy } = this.parts.states.read();
    if (!deploy) throw new CannotBegin('No deploy is under way');
    return this.rollBack(deploy, deploy.failure ?? 'aborted by the operator');
  }

  /** Gives the callers to the colour that had them before, at once. @throws CannotBegin when it does not run any more */
  async back(): Promise<Outcome> {
    const { states, driver, observer, balancer, say } = this.parts;
    const { deploy, live, releases } = states.read();
    if (deploy) return this.abort();
    if (!live) throw new CannotBegin('There is nothing to roll back');
    const to = otherThan(live);
    if (!(await driver.isRunning(to)) || !(await observer.isReady(to)))
      throw new CannotBegin(`${to} does not run any more: deploy its release again`);
    const started = performance.now();
    await balancer.give(to, 100);
    say(`callers are on ${to} again after ${elapsed(started)}`);
    const id = uuidv7();
    const record = {
      deploy: id,
      step: 'rollback',
      to,
      from: live,
      release: releases[to]?.label ?? 'unknown',
      share: 100,
    };
    await this.recordOrKeep({ ...record, says: 'asked for by the operator', at: now() });
    const last = { id, to: live, release: releases[live]?.label ?? 'unknown', outcome: 'rolled back' as const };
    states.change({ live: to, last: { ...last, endedAt: now() } });
    await this.drain(live);
    return 'rolled back';
  }

  /** Stops the colour that has no callers. @throws CannotBegin */
  async retire(): Promise<void> {
    const { states, driver, balancer, say } = this.parts;
    const { deploy, live, releases } = states.read();
    if (deploy || !live) throw new CannotBegin(deploy ? 'A deploy is under way' : 'No colour has the callers');
    const idle = otherThan(live);
    if ((await balancer.lanes())[idle].share > 0) throw new CannotBegin(`${idle} has callers`);
    const record = {
      deploy: uuidv7(),
      step: 'retire',
      to: live,
      from: idle,
      release: releases[idle]?.label ?? 'unknown',
    };
    await this.parts.log.record({ ...record, at: now() }, this.urls(live));
    await this.drain(idle);
    await driver.stop(idle);
    states.change({ releases: { ...releases, [idle]: undefined } });
    say(`${idle} is stopped`);
  }

  private async goOn(deploy: Deploy): Promise<Outcome> {
    const { states, say, signal } = this.parts;
    try {
      const plan = planOf(deploy.steps);
      for (let next = deploy.next; next < plan.length; next++) {
        const step = plan[next] as Step;
        signal.throwIfAborted();
        const share = step.name === 'shift' ? step.share : undefined;
        await this.record(deploy, step.name, share);
        const began = performance.now();
        const found = await this.perform(deploy, step);
        say(`${[step.name, share && `${share} %`].filter(Boolean).join(' ')}: ${found} (${elapsed(began)})`);
        deploy = { ...deploy, next: next + 1 };
        states.change({ deploy });
      }
      return await this.finish(deploy);
    } catch (error) {
      if (signal.aborted) {
        say('interrupted, everything is left as it is: --resume goes on, --rollback gives up');
        return 'interrupted';
      }
      return this.rollBack(deploy, (error as Error).message);
    }
  }

  /** @returns what is to be told of it */
  private async perform(deploy: Deploy, step: Step): Promise<string> {
    const { driver, states, settings } = this.parts;
    const { to, from, release } = deploy;
    switch (step.name) {
      case 'clear':
        return this.clear(to);
      case 'migrate':
        return driver.migrate(to, release);
      case 'start':
        if (!(await driver.isRunning(to))) await driver.start(to, release);
        states.change({ releases: { ...states.read().releases, [to]: release } });
        return release.label;
      case 'ready':
        await this.untilReady(to);
        return settings.colours[to].url;
      case 'smoke':
        await smoke(this.smokeTarget(to));
        return 'both SDKs have their answers';
      case 'shift':
        return this.shift(deploy, step.share);
      case 'drain':
        return from ? this.drain(from) : 'nothing to drain';
    }
  }

  /** What ran there before the colour that has the callers now. */
  private async clear(colour: Colour): Promise<string> {
    const { driver, balancer } = this.parts;
    // HAProxy would hand calls to it as soon as it is ready
    if ((await balancer.lanes())[colour].share > 0) await balancer.give(otherThan(colour), 100);
    if (!(await driver.isRunning(colour))) return `${colour} is free`;
    await this.drain(colour);
    await driver.stop(colour);
    return `what ran as ${colour} is stopped`;
  }

  private async untilReady(colour: Colour): Promise<void> {
    const { driver, observer, balancer, settings, signal } = this.parts;
    const until = performance.now() + settings.readySeconds * 1_000;
    for (;;) {
      if (!(await driver.isRunning(colour))) throw new Error(`${colour} ended while starting: ${driver.logs(colour)}`);
      if ((await observer.isReady(colour)) && (await balancer.lanes())[colour].up) return;
      if (performance.now() > until)
        throw new Error(`${colour} was not ready within ${settings.readySeconds} s: ${driver.logs(colour)}`);
      await sleep(LOOK_MS, undefined, { signal });
    }
  }

  private async shift({ to, from, baseline, holdSeconds }: Deploy, share: number): Promise<string> {
    const { balancer, observer, driver, settings, signal } = this.parts;
    await balancer.give(to, share);
    if (!from || !baseline) return 'nothing to compare with';
    const isUp = async () => (await balancer.lanes())[to].up && (await driver.isRunning(to));
    const counts = (colour: Colour) => observer.counts(colour);
    const { mostHoldSeconds, compare: tolerances } = settings;
    return hold({
      to,
      from,
      baseline,
      holdSeconds,
      mostHoldSeconds,
      tolerances,
      counts,
      isUp,
      lookMs: COMPARE_MS,
      signal,
    });
  }

  /** Waits for what a colour without a share still does; nothing is cut. */
  private async drain(colour: Colour): Promise<string> {
    const { observer, settings, signal } = this.parts;
    const until = performance.now() + settings.drainSeconds * 1_000;
    for (;;) {
      const open = await observer.open(colour);
      if (open <= 0) return `nothing runs on ${colour}`;
      if (performance.now() > until) return `${open} still run on ${colour}, and end by themselves`;
      await sleep(LOOK_MS, undefined, { signal });
    }
  }

  private async finish(deploy: Deploy): Promise<Outcome> {
    const { states, say } = this.parts;
    const { id, to, from, release } = deploy;
    await this.recordOrKeep(this.stepOf(deploy, 'end', 100, 'deployed'));
    const last = { id, to, release: release.label, outcome: 'deployed' as const, endedAt: now() };
    states.change({ live: to, deploy: undefined, last });
    say(`${to} has the callers${from ? `; ${from} is kept for --rollback` : ''}`);
    return 'deployed';
  }

  /** The callers first; what is to be recorded and tidied up comes afterwards. */
  private async rollBack(deploy: Deploy, why: string): Promise<Outcome> {
    const { states, driver, say } = this.parts;
    const { id, to, from, release } = deploy;
    const started = performance.now();
    if (from) await this.insist(from);
    const took = elapsed(started);
    states.change({ deploy: { ...deploy, failure: why } });
    say(from ? `rolls back, callers are on ${from} again after ${took}: ${why}` : `gives up: ${why}`);
    await this.recordOrKeep(this.stepOf(deploy, 'rollback', from && 0, why));
    say(`drain: ${await this.drain(to)}`);
    await driver.stop(to);
    const last = { id, to, release: release.label, outcome: 'rolled back' as const, says: why, endedAt: now() };
    const releases = { ...states.read().releases, [to]: undefined };
    states.change({ ...(from && { live: from }), deploy: undefined, releases, last });
    say(`${to} is stopped`);
    return 'rolled back';
  }

  /** HAProxy may just be starting again. */
  private async insist(colour: Colour): Promise<void> {
    const until = performance.now() + INSIST_MS;
    for (;;)
      try {
        return await this.parts.balancer.give(colour, 100);
      } catch (error) {
        if (performance.now() > until) throw error;
        await sleep(LOOK_MS);
      }
  }

  /** @throws when nobody can put it on record. Where there is no gateway yet, it is kept until there is one: before callers come. */
  private async record(deploy: Deploy, step: string, share?: number): Promise<void> {
    const { log } = this.parts;
    const record = this.stepOf(deploy, step, share);
    const early = !deploy.from && ['begin', 'clear', 'migrate', 'start', 'ready'].includes(step);
    if (early) log.later(record);
    else await log.record(record, this.urls(deploy.from ?? deploy.to, deploy.to));
  }

  /** For what must be possible in any case. */
  private async recordOrKeep(record: StepRecord): Promise<void> {
    const { log, say } = this.parts;
    await log.record(record, this.urls(record.from ?? record.to, record.to)).catch((error: Error) => {
      log.later(record);
      say(`${error.message}; it is recorded at the next step, or by --resume`);
    });
  }

  private stepOf({ id, to, from, release }: Deploy, step: string, share?: number, says?: string): StepRecord {
    return { deploy: id, step, to, from, release: release.label, share, says, at: now() };
  }

  private urls(...colours: readonly Colour[]): string[] {
    return [...new Set(colours)].map((colour) => this.parts.settings.colours[colour].url.replace(/\/$/, ''));
  }

  private smokeTarget(colour: Colour): SmokeTarget {
    const { settings, observer, key } = this.parts;
    const { model, anthropicModel = model } = settings.smoke;
    const [url = ''] = this.urls(colour);
    return { url, opsUrl: observer.opsUrl(colour), key, model, anthropicModel };
  }
}

const now = () => new Date().toISOString();

function elapsed(since: number): string {
  const ms = performance.now() - since;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
