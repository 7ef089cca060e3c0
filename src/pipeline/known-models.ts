const KEPT = 10_000;

/**
 * Names of models that may stand in a header: those of the configuration, and those that answered. What else callers
 * write may be anything, also somebody's address.
 */
export class KnownModels {
  private readonly names: Set<string>;

  constructor(configured: Iterable<string>) {
    this.names = new Set(configured);
  }

  add(...names: readonly (string | undefined)[]): void {
    for (const name of names) if (name !== undefined && this.names.size < KEPT) this.names.add(name);
  }

  /** The name, if it may be told. */
  told(name: string | undefined): string | undefined {
    return name !== undefined && this.names.has(name) ? name : undefined;
  }
}
