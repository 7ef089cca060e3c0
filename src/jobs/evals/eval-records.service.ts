import { Injectable } from '@nestjs/common';
import type { JobContext } from '../../contract/job';
import { AuditLog } from '../../features/audit';
import type { EvalReport } from '../../features/evals';

/** Puts on the record how the models of a run did: figures, no content. */
@Injectable()
export class EvalRecords {
  constructor(private readonly log: AuditLog) {}

  readonly finished = async ({ jobId, tenantId }: JobContext, report: EvalReport): Promise<void> => {
    const { suite, suite_hash: hash, passed, models } = report;
    const metadata = {
      target: jobId,
      suite,
      suite_hash: hash,
      // headers hold whole numbers
      models: models.map((told) => {
        const { model, answered_by: by, passed: kept, score, pass_rate: rate, errors, cases } = told;
        const figures = { passed: kept, score_permille: permille(score), pass_permille: permille(rate), errors, cases };
        // a name is told once something has answered to it
        return { ...(by.length > 0 && { model }), ...figures };
      }),
    };
    await this.log.append({
      facts: { event: 'eval.finish', tenant: tenantId, outcome: passed ? 'ok' : 'failed', metadata },
    });
  };
}

const permille = (share: number): number => Math.round(share * 1_000);
