import type { Anchoring } from '../anchor/anchoring';
import type { Head } from '../head/high-water';
import { type WitnessClient, WitnessRefusedError } from '../witness/witness-client';

export interface DistributionParts {
  readonly witnesses: readonly WitnessClient[];
  readonly anchoring: Anchoring;
  readonly prove: (old: number, size: number) => Promise<readonly Buffer[]>;
  /** A witness does not sign, and may know why. */
  readonly refused: (witness: WitnessClient) => Promise<void>;
  /** Stores a witness's line. */
  readonly cosigned: (size: number, line: string) => Promise<void>;
  /** Told of the newest note with all its signatures. */
  readonly published: (note: string, head: Head) => Promise<void>;
  readonly onResult: (what: string, error?: Error) => void;
}

type Published = Head & { readonly note: string };

/** Takes each checkpoint out of the house: to witnesses, anchors, and whoever else keeps it. The newest one, when they are slow. */
export class Distribution {
  private next: Published | undefined;
  /** The last one that went out, and what witnesses have added to it. */
  private last: Published | undefined;
  private readonly lines = new Map<WitnessClient, string>();
  private running: Promise<void> | undefined;

  constructor(private readonly parts: DistributionParts) {}

  offer(checkpoint: Published): void {
    this.next = checkpoint;
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  /** The last one once more, to witnesses who have not signed it: while calls wait for them, no newer one comes. */
  again(): void {
    if (this.last && !this.running && this.lines.size < this.parts.witnesses.length) this.offer(this.last);
  }

  /** What was offered has gone out, or could not. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    for (let checkpoint = this.next; checkpoint; checkpoint = this.next) {
      this.next = undefined;
      if (checkpoint !== this.last) this.lines.clear();
      this.last = checkpoint;
      await this.collect(checkpoint);
      const note = checkpoint.note + [...this.lines.values()].join('');
      this.parts.anchoring.offer({ ...checkpoint, note });
      await this.attempt('redis', () => this.parts.published(note, checkpoint));
    }
  }

  private async collect({ size, note }: Published): Promise<void> {
    const { witnesses, prove, refused, cosigned } = this.parts;
    const missing = witnesses.filter((witness) => !this.lines.has(witness));
    await Promise.all(
      missing.map((witness) =>
        this.attempt(`witness ${witness.name}`, async () => {
          const line = await witness
            .cosign(size, note, (old) => prove(old, size))
            .catch(async (error: unknown) => {
              if (error instanceof WitnessRefusedError) await refused(witness);
              throw error;
            });
          await cosigned(size, line);
          this.lines.set(witness, line);
        }),
      ),
    );
  }

  private async attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.parts.onResult(what);
    } catch (error) {
      this.parts.onResult(what, error as Error);
    }
  }
}
