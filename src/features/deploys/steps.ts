import { setTimeout as sleep } from 'node:timers/promises';
import { type Colour, otherThan } from '../../contract/colour';
import type { DeployParts } from './deploy-parts';
import type { Deploy } from './deploy-state';
import { hold } from './hold';
import { smoke } from './smoke';

const LOOK_MS = 100;
/** Metrics are looked at less often: each look costs the gateways something. */
const COMPARE_MS = 500;

export type Step =
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

/** What a deploy is made of. Each may be done again after it was interrupted. */
export class Steps {
  constructor(private readonly parts: DeployParts) {}

  /** @returns what is to be told of it */
  async perform(deploy: Deploy, step: Step): Promise<string> {
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
        await this.smoke(to);
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
      alone: share === 100,
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
  async drain(colour: Colour): Promise<string> {
    const { observer, settings, signal } = this.parts;
    const until = performance.now() + settings.drainSeconds * 1_000;
    for (;;) {
      const open = await observer.open(colour);
      if (open <= 0) return `nothing runs on ${colour}`;
      if (performance.now() > until) return `${open} still run on ${colour}, and end by themselves`;
      await sleep(LOOK_MS, undefined, { signal });
    }
  }

  private smoke(colour: Colour): Promise<void> {
    const { settings, observer, key } = this.parts;
    const { model, anthropicModel = model } = settings.smoke;
    return smoke({ url: observer.url(colour), opsUrl: observer.opsUrl(colour), key, model, anthropicModel });
  }
}
