/** What of the content that is kept beside the log goes with an erasure. */
export interface KeptScope {
  readonly tenantId: string;
  /** By the name that applications use; everybody of the tenant when absent. */
  readonly user?: string;
  /** Only what came by then: what came later is of a new beginning. Absent: whatever there is. */
  readonly before?: Date;
}

/** One place where content is kept beside the log. */
export interface KeptContent {
  /** As the report of an erasure calls it. */
  readonly name: string;
  /** Removes it; may be repeated. @returns how many there were @throws when some may be left */
  purge(scope: KeptScope): Promise<number>;
  /** Whether there is any, where it may be of people whom the log does not know yet. */
  has?(scope: KeptScope): Promise<boolean>;
}

export interface Purge {
  /** How many were removed, by where they were kept. */
  readonly purged: Readonly<Record<string, number>>;
  /** Why some may be left, by where. */
  readonly failures: ReadonlyMap<string, unknown>;
}

export const NOTHING_PURGED: Purge = { purged: {}, failures: new Map() };

/** Every place where content is kept beside the log: who keeps some adds itself. */
export class KeptContents {
  private readonly contents: KeptContent[] = [];

  add(content: KeptContent): void {
    this.contents.push(content);
  }

  /** One that fails does not keep the others from being purged. */
  async purge(scope: KeptScope): Promise<Purge> {
    const purged: Record<string, number> = {};
    const failures = new Map<string, unknown>();
    for (const content of this.contents)
      try {
        purged[content.name] = await content.purge(scope);
      } catch (error) {
        failures.set(content.name, error);
      }
    return { purged, failures };
  }

  async has(scope: KeptScope): Promise<boolean> {
    for (const content of this.contents) if (await content.has?.(scope)) return true;
    return false;
  }
}
