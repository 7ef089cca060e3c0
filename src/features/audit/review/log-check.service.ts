import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { parseVkey } from '../format/vkey';
import { LogReader } from '../log/checkpoint/log-reader.store';
import { LogSigner } from '../log/signing/log-signer';
import { Findings } from '../verifier/findings';
import { verifyLog } from '../verifier/verify-bundle';
import { AuditPools } from './audit-pools.service';
import { Bundles } from './bundles.service';
import { LiveSource } from './live-source';
import { TileCheck } from './tile-check';
import type { CheckResult, Problem } from './verifications.store';

/** How long it may keep the process from everything else. */
const SLICE_MS = 4;

/** The auditor's own verifier, fed with the log as it is in the database. */
@Injectable()
export class LogCheck {
  constructor(
    private readonly bundles: Bundles,
    private readonly signer: LogSigner,
    private readonly pools: AuditPools,
  ) {}

  /** @param progress told how many entries were checked */
  async run(progress: (entries: number) => Promise<void>): Promise<CheckResult> {
    let resumed = performance.now();
    const othersTurn = async () => {
      await setImmediate();
      resumed = performance.now();
    };
    const pause = () => (performance.now() - resumed < SLICE_MS ? undefined : othersTurn());
    const live = await this.bundles.live();
    const tiles = new TileCheck(new LogReader(this.pools.reader), live.about.size);
    const report = await verifyLog(new LiveSource({ ...live, runs: tiles.watch(live.runs) }), new Findings(), {
      vkeys: this.signer.vkeys.map(parseVkey),
      whole: true,
      // it would be this process's word for what this process has just made
      withoutManifest: true,
      onProgress: progress,
      pause,
    });
    await tiles.above(pause);
    const failures = report.findings.filter(({ severity }) => severity === 'failure');
    const problems = failures.map(({ code, message, index }): Problem => ({
      code,
      detail: message,
      ...(index !== undefined && { index }),
    }));
    problems.push(...tiles.problems);
    if (report.verdict === 'unchecked' && !problems.length)
      problems.push({ code: 'unchecked', detail: report.reason ?? 'the log could not be read to its end' });
    return { problems, firstBad: report.first_bad?.index };
  }
}
