import { AUTO } from '../contract/selection';
import type { ModelTable } from '../features/models';

const KEPT = 10_000;

/**
 * Names of models that may stand in a header: those that somebody set or declared, and those that answered. What else callers
 * write may be anything, also somebody's address.
 */
export class KnownModels {
  private readonly names = new Set<string>([AUTO]);

  constructor(private readonly listed: Pick<ModelTable, 'isListed'>) {}

  add(...names: readonly (string | undefined)[]): void {
    for (const name of names) if (name !== undefined && this.names.size < KEPT) this.names.add(name);
  }

  /** The name, if it may be told. */
  told(name: string | undefined): string | undefined {
    return name !== undefined && (this.listed.isListed(name) || this.names.has(name)) ? name : undefined;
  }
}
