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
  private running: Promise<void> | undefined;

  constructor(private readonly parts: DistributionParts) {}

  offer(checkpoint: Published): void {
    this.next = checkpoint;
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  /** What was offered has gone out, or could not. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    for (let checkpoint = this.next; checkpoint; checkpoint = this.next) {
      this.next = undefined;
      const lines = await this.collect(checkpoint);
      const note = checkpoint.note + lines.join('');
      this.parts.anchoring.offer({ ...checkpoint, note });
      await this.attempt('redis', () => this.parts.published(note, checkpoint));
    }
  }

  private async collect({ size, note }: Published): Promise<string[]> {
    const { witnesses, prove, refused, cosigned } = this.parts;
    const lines = await Promise.all(
      witnesses.map((witness) =>
        this.attempt(`witness ${witness.name}`, async () => {
          const line = await witness
            .cosign(size, note, (old) => prove(old, size))
            .catch(async (error: unknown) => {
              if (error instanceof WitnessRefusedError) await refused(witness);
              throw error;
            });
          await cosigned(size, line);
          return line;
        }),
      ),
    );
    return lines.filter((line) => line !== undefined);
  }

  private async attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      this.parts.onResult(what);
      return result;
    } catch (error) {
      this.parts.onResult(what, error as Error);
      return undefined;
    }
  }
}
