import type { Rollout } from '../../../platform/config/flags';

export interface Step {
  /** Milliseconds since the epoch; absent before the first step. */
  readonly at?: number;
  readonly percent: number;
}

/** The share that a rollout gives over time. */
export class Schedule {
  /** The latest first. */
  private readonly steps: readonly Required<Step>[];
  private readonly first: Step;
  private readonly pausedAt: number | undefined;

  constructor({ percent, schedule, pausedAt }: Rollout) {
    this.first = { percent };
    this.steps = schedule.map((step) => ({ at: Date.parse(step.at), percent: step.percent })).reverse();
    this.pausedAt = pausedAt === undefined ? undefined : Date.parse(pausedAt);
  }

  /** The step that holds at a moment. */
  at(moment: number): Step {
    const { steps, pausedAt } = this;
    if (!steps.length) return this.first;
    const time = pausedAt === undefined ? moment : Math.min(moment, pausedAt);
    for (const step of steps) if (step.at <= time) return step;
    return this.first;
  }

  /** The step that comes after; undefined where none does, or the schedule stands. */
  next(moment: number): Required<Step> | undefined {
    if (this.pausedAt !== undefined && this.pausedAt <= moment) return undefined;
    return this.steps.findLast(({ at }) => at > moment);
  }
}
