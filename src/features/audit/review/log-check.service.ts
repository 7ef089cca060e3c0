import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { parseVkey } from '../format/vkey';
import { LogSigner } from '../log/signing/log-signer';
import { verifyBundle } from '../verifier/verify-bundle';
import { Bundles } from './bundles.service';
import type { CheckResult, Problem } from './verifications.store';

/** The auditor's own verifier, fed with the log as it is in the database. */
@Injectable()
export class LogCheck {
  constructor(
    private readonly bundles: Bundles,
    private readonly signer: LogSigner,
  ) {}

  /** @param progress told how many entries were checked */
  async run(progress: (entries: number) => Promise<void>): Promise<CheckResult> {
    const report = await verifyBundle(this.bundles.live(), {
      vkeys: this.signer.vkeys.map(parseVkey),
      whole: true,
      // it would be this process's word for what this process has just made
      withoutManifest: true,
      onProgress: async (entries) => {
        await progress(entries);
        // others have their turn
        await setImmediate();
      },
    });
    const failures = report.findings.filter(({ severity }) => severity === 'failure');
    const problems = failures.map(({ code, message, index }): Problem => ({
      code,
      detail: message,
      ...(index !== undefined && { index }),
    }));
    if (report.verdict === 'unchecked' && !problems.length)
      problems.push({ code: 'unchecked', detail: report.reason ?? 'the log could not be read to its end' });
    return { problems, firstBad: report.first_bad?.index };
  }
}
