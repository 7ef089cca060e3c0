import { type Traits, traitsOf } from './check/traits';
import type { Embedder } from './embedder';
import { compact } from './vector';

/** A question that is looked up and, once answered, remembered: what is found out about it is found out once. */
export class AskedQuestion {
  private readonly vectors = new Map<string, Promise<Int8Array | undefined>>();
  private known: Traits | undefined;

  /** @param familyOf a digest of all but the question, for an embedder's name */
  constructor(
    readonly tenantId: string,
    readonly text: string,
    readonly familyOf: (embedder: string) => string,
  ) {}

  get traits(): Traits {
    return (this.known ??= traitsOf(this.text));
  }

  /** Undefined when none could be made; nobody asks for it again then. */
  vectorBy(embedder: Embedder, signal: AbortSignal): Promise<Int8Array | undefined> {
    let vector = this.vectors.get(embedder.name);
    if (!vector) {
      vector = this.made(embedder, signal).catch(() => undefined);
      this.vectors.set(embedder.name, vector);
    }
    return vector;
  }

  private async made(embedder: Embedder, signal: AbortSignal): Promise<Int8Array | undefined> {
    const [vector] = await embedder.embed([this.text], signal);
    return vector && compact(vector);
  }
}
