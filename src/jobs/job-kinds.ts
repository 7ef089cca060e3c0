import { GatewayError } from '../contract/errors';
import type { JobKind, JobType } from '../contract/job';

/** The kinds of jobs that this process can do. */
export class JobKinds {
  private readonly byType: ReadonlyMap<string, JobKind>;

  constructor(kinds: readonly JobKind[]) {
    this.byType = new Map(kinds.map((kind) => [kind.type, kind]));
  }

  get types(): readonly JobType[] {
    return [...this.byType.values()].map(({ type }) => type);
  }

  /** How many steps of such a job may be under way at once, where its kind says so. */
  parallelOf(type: string): number | undefined {
    return this.byType.get(type)?.parallel;
  }

  /** @throws GatewayError `invalid_request` */
  of(type: string): JobKind {
    const kind = this.byType.get(type);
    if (kind) return kind;
    throw new GatewayError('invalid_request', `type: must be one of ${this.types.join(', ')}`, { param: 'type' });
  }
}
