import type { Remedy } from '../../../features/incidents';

/** Everything that may be done about incidents. Injection token, too. */
export class KnownRemedies {
  private readonly remedies: ReadonlyMap<string, Remedy>;

  constructor(remedies: readonly Remedy[]) {
    this.remedies = new Map(remedies.map((remedy) => [remedy.action, remedy]));
  }

  /** @throws Error where there is none of that name */
  of(action: string): Remedy {
    const found = this.remedies.get(action);
    if (!found) throw new Error(`no remedy ${action}`);
    return found;
  }
}
