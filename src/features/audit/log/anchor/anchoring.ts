import type { Anchor, Anchored } from './anchor';

const DEADLINE_MS = 10_000;

export interface AnchoringOptions {
  readonly everyMs: number;
  readonly onResult: (anchor: string, error?: Error) => void;
}

/** Hands the newest checkpoint to every anchor, on schedule; one that fails is tried again with the next one. */
export class Anchoring {
  private readonly kept = new Map<Anchor, { at: number; size: number }>();
  private readonly busy = new Set<Anchor>();

  constructor(
    private readonly anchors: readonly Anchor[],
    private readonly options: AnchoringOptions,
  ) {}

  /** Does not wait for anchors. @param now milliseconds that only go forward */
  offer(checkpoint: Anchored, now = performance.now()): void {
    for (const anchor of this.anchors) {
      const last = this.kept.get(anchor);
      const due = !last || (now - last.at >= this.options.everyMs && checkpoint.size > last.size);
      if (due && !this.busy.has(anchor)) void this.keep(anchor, checkpoint, now);
    }
  }

  private async keep(anchor: Anchor, checkpoint: Anchored, now: number): Promise<void> {
    this.busy.add(anchor);
    try {
      await anchor.keep(checkpoint, AbortSignal.timeout(DEADLINE_MS));
      this.kept.set(anchor, { at: now, size: checkpoint.size });
      this.options.onResult(anchor.name);
    } catch (error) {
      this.options.onResult(anchor.name, error as Error);
    } finally {
      this.busy.delete(anchor);
    }
  }
}
