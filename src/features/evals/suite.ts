import { createHash } from 'node:crypto';
import { canonicalJson } from '../../contract/canonical-json';
import type { EvalCase, EvalSuite, Scorer } from '../../platform/config/evals';

/** A case with what it has of its suite. */
export interface ReadyCase extends Omit<EvalCase, 'scorers'> {
  readonly scorers: readonly Scorer[];
  readonly parameters: EvalSuite['parameters'];
}

/** A suite as it is asked. */
export class Suite {
  /** 128 bits of SHA-256 over all of it, hex: what reports and the record name it by. */
  readonly hash: string;
  readonly cases: readonly ReadyCase[];

  constructor(readonly written: EvalSuite) {
    this.hash = createHash('sha256').update(canonicalJson(written)).digest('hex').slice(0, 32);
    const { system, parameters, scorers = [], cases } = written;
    this.cases = cases.map((one) => ({
      ...one,
      ...(one.system === undefined && system !== undefined && { system }),
      parameters: { ...parameters, ...one.parameters },
      scorers: one.scorers ?? scorers,
    }));
  }

  get name(): string {
    return this.written.name;
  }
}
