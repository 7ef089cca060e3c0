import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { Bundles } from './bundles.service';
import type { Month } from './retention-dates';
import type { Archive } from './retention-plan';

/** Bundles of months before they leave the database: in the folder of the first `file:` anchor, or else in the data folder. */
@Injectable()
export class Archives {
  private readonly folder: string;

  constructor(
    { audit, dataDir }: Config,
    private readonly bundles: Bundles,
  ) {
    const anchor = audit.anchors.find((one) => one.startsWith('file:'));
    this.folder = join(anchor ? anchor.slice('file:'.length) : dataDir, 'audit-archive');
  }

  /** Durable when it resolves. */
  async keep(month: Month, first: number, last: number): Promise<Archive> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const file = join(this.folder, `${month}.tar`);
    await rm(`${file}.part`, { force: true });
    const draft = await open(`${file}.part`, 'wx', 0o400);
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      for await (const chunk of this.bundles.ofRange(first, last, { archive: month })) {
        hash.update(chunk);
        bytes += chunk.length;
        await draft.write(chunk);
      }
      await draft.sync();
    } finally {
      await draft.close();
    }
    await rename(`${file}.part`, file);
    return { file, sha256: hash.digest('hex'), bytes };
  }
}
