import { setTimeout as sleep } from 'node:timers/promises';
import { type Colour, otherThan } from '../../contract/colour';
import { uuidv7 } from '../../contract/ids';
import type { DeployParts } from './deploy-parts';
import type { Deploy, DeployState, Release } from './deploy-state';
import { NotOffered, recordOf } from './step-log';
import { planOf, type Step, Steps } from './steps';

const AGAIN_MS = 100;
/** How long HAProxy is asked again for the way back, before people are asked for help. */
const INSIST_MS = 60_000;
/** Steps that callers cannot notice: where no gateway runs yet that could, they are put on record once there is one. */
const EARLY: ReadonlySet<string> = new Set(['begin', 'clear', 'migrate', 'start', 'ready']);
const UNKNOWN: Release = { place: '', label: 'unknown' };

/** `interrupted`: left as it is, to be resumed or rolled back. */
export type Outcome = 'deployed' | 'rolled back' | 'interrupted';

/** The deploy cannot begin; nothing was done. */
export class CannotBegin extends Error {
  static from(error: Error): CannotBegin {
    return new CannotBegin(error.message);
  }
}

/** Brings a release to the callers in steps, and takes it back when it does worse. */
export class Deployment {
  private readonly steps: Steps;

  constructor(private readonly parts: DeployParts) {
    this.steps = new Steps(parts);
  }

  /** @param uncompared all callers at once, after the smoke tests. @throws CannotBegin */
  async begin(to: Colour, release: Release, uncompared = false): Promise<Outcome> {
    const { states, say } = this.parts;
    const { deploy: unfinished } = states.read();
    if (unfinished) throw new CannotBegin(`A deploy to ${unfinished.to} is under way: --resume or --abort`);
    try {
      const deploy = await this.newDeploy(to, release, uncompared);
      await this.record(deploy, 'begin');
      states.change({ deploy });
      const { from } = deploy;
      say(`deploys ${release.label} to ${to}${from ? `, in place of ${from}` : ': nobody has the callers'}`);
      return await this.goOn(deploy);
    } catch (error) {
      throw states.read().deploy ? error : CannotBegin.from(error as Error);
    }
  }

  /** Goes on with the deploy that is under way; without one, gives HAProxy the shares again that the last one left. */
  async resume(): Promise<Outcome> {
    const { states, balancer, say } = this.parts;
    const { deploy, live } = states.read();
    if (deploy?.failure !== undefined) return this.takeBack(deploy, deploy.failure);
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
    return this.takeBack(deploy, deploy.failure ?? 'aborted by the operator');
  }

  /** Gives the callers to the colour that had them before, at once. @throws CannotBegin when it does not run any more */
  async rollBack(): Promise<Outcome> {
    const { states, observer, balancer, log, say } = this.parts;
    const { deploy, live, releases } = states.read();
    if (deploy) return this.abort();
    if (!live) throw new CannotBegin('There is nothing to roll back');
    const to = otherThan(live);
    if (!(await observer.isReady(to))) throw new CannotBegin(`${to} does not run any more: deploy its release again`);
    const started = performance.now();
    await balancer.give(to, 100);
    say(`callers are on ${to} again after ${elapsed(started)}`);
    const back = { id: uuidv7(), to, from: live, release: releases[to] ?? UNKNOWN };
    const says = 'asked for by the operator';
    const kept = await log.recordOrKeep(recordOf(back, 'rollback', { share: 100, says }));
    if (kept) say(`${kept}; it is kept until the next step`);
    states.change({ live: to, last: endOf({ ...back, to: live, release: releases[live] ?? UNKNOWN }, says) });
    say(await this.steps.drain(live));
    return 'rolled back';
  }

  /** Stops the colour that has no callers. @throws CannotBegin */
  async retire(): Promise<void> {
    const { states, driver, balancer, log, say } = this.parts;
    const { deploy, live, releases } = states.read();
    if (deploy || !live) throw new CannotBegin(deploy ? 'A deploy is under way' : 'No colour has the callers');
    const idle = otherThan(live);
    if ((await balancer.lanes())[idle].share > 0) throw new CannotBegin(`${idle} has callers`);
    await log.record(recordOf({ id: uuidv7(), to: live, release: releases[idle] ?? UNKNOWN }, 'retire'));
    say(await this.steps.drain(idle));
    await driver.stop(idle);
    states.change({ releases: { ...releases, [idle]: undefined } });
    say(`${idle} is stopped`);
  }

  private async newDeploy(to: Colour, release: Release, uncompared: boolean): Promise<Deploy> {
    const { settings, observer } = this.parts;
    const from = await this.incumbent(to, uncompared);
    const isCompared = from !== undefined && !uncompared;
    return {
      id: uuidv7(),
      to,
      from,
      release,
      steps: isCompared ? settings.steps : [100],
      holdSeconds: settings.holdSeconds,
      startedAt: new Date().toISOString(),
      next: 0,
      baseline: isCompared ? await observer.counts(from) : undefined,
    };
  }

  /** Who has the callers now. @throws when that cannot be told for sure: what is compared with nothing is never taken back */
  private async incumbent(to: Colour, uncompared: boolean): Promise<Colour | undefined> {
    const { balancer, observer, states } = this.parts;
    const other = otherThan(to);
    const lanes = await balancer.lanes();
    if (lanes[to].share > 0 && lanes[to].up) throw new Error(`${to} has callers: deploy to ${other}`);
    if (lanes[other].share === 0) return undefined;
    if (lanes[other].up || (await observer.isReady(other))) return other;
    if (uncompared || states.read().live === undefined) return undefined;
    throw new Error(`${other} should have the callers, and is not ready: wait for it, or deploy with --uncompared`);
  }

  private async goOn(deploy: Deploy): Promise<Outcome> {
    const { states, say, signal } = this.parts;
    try {
      const plan = planOf(deploy.steps);
      for (let next = deploy.next; next < plan.length; next++) {
        const step = plan[next] as Step;
        const share = step.name === 'shift' ? step.share : undefined;
        signal.throwIfAborted();
        await this.record(deploy, step.name, share);
        const started = performance.now();
        const found = await this.steps.perform(deploy, step);
        say(`${step.name}${share === undefined ? '' : ` ${share} %`}: ${found} (${elapsed(started)})`);
        deploy = { ...deploy, next: next + 1 };
        states.change({ deploy });
      }
      return await this.finish(deploy);
    } catch (error) {
      if (!signal.aborted) return this.takeBack(deploy, (error as Error).message);
      say('interrupted, everything is left as it is: --resume goes on, --rollback gives up');
      return 'interrupted';
    }
  }

  private async finish(deploy: Deploy): Promise<Outcome> {
    const { states, log, say } = this.parts;
    const { to, from } = deploy;
    const kept = await log.recordOrKeep(recordOf(deploy, 'end', { share: 100 }));
    if (kept) say(`${kept}; it is kept until the next step`);
    states.change({ live: to, deploy: undefined, last: endOf(deploy) });
    say(`${to} has the callers${from ? `; ${from} is kept for --rollback` : ''}`);
    return 'deployed';
  }

  /** The callers first; what is to be recorded and tidied up comes afterwards. */
  private async takeBack(deploy: Deploy, why: string): Promise<Outcome> {
    const { states, driver, log, say } = this.parts;
    const { to, from } = deploy;
    const started = performance.now();
    if (from) await this.insist(from);
    say(from ? `rolls back, callers are on ${from} again after ${elapsed(started)}: ${why}` : `gives up: ${why}`);
    states.change({ deploy: { ...deploy, failure: why } });
    const kept = await log.recordOrKeep(recordOf(deploy, 'rollback', { share: 0, says: why }));
    if (kept) say(`${kept}; it is kept until the next step`);
    say(`drain: ${await this.steps.drain(to)}`);
    await driver.stop(to);
    const releases = { ...states.read().releases, [to]: undefined };
    states.change({ ...(from && { live: from }), deploy: undefined, releases, last: endOf(deploy, why) });
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
        await sleep(AGAIN_MS);
      }
  }

  /** @throws when nobody can put it on record */
  private async record(deploy: Deploy, step: string, share?: number): Promise<void> {
    const { log } = this.parts;
    const record = recordOf(deploy, step, { share });
    const isEarly = EARLY.has(step);
    if (!deploy.from && isEarly) return log.later(record);
    await log.record(record).catch((error: Error) => {
      if (!isEarly || !(error instanceof NotOffered)) throw error;
      log.later(record);
    });
  }
}

/** @param failure absent: it ended well */
function endOf({ id, to, release }: Pick<Deploy, 'id' | 'to' | 'release'>, failure?: string): DeployState['last'] {
  const outcome = failure === undefined ? 'deployed' : 'rolled back';
  return { id, to, release: release.label, outcome, says: failure, endedAt: new Date().toISOString() };
}

function elapsed(since: number): string {
  const ms = performance.now() - since;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
