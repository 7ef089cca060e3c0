import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { syncFolder } from '../log/head/state-file';
import { Bundles } from './bundles.service';
import type { Month } from './retention-dates';
import type { Archive } from './retention-plan';

/** Bundles of months before they leave the database: beside the file of the first `file:` anchor, or else in the data folder. */
@Injectable()
export class Archives {
  private readonly folder: string;

  constructor(
    { audit, dataDir }: Config,
    private readonly bundles: Bundles,
  ) {
    const anchor = audit.anchors.find((one) => one.startsWith('file:'));
    this.folder = join(anchor === undefined ? dataDir : dirname(fileURLToPath(anchor)), 'audit-archive');
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
        // whole, or not at all: `write` is content with a part of it when the disk is full
        await draft.appendFile(chunk);
      }
      await draft.sync();
    } finally {
      await draft.close();
    }
    await rename(`${file}.part`, file);
    await syncFolder(this.folder);
    return { file, sha256: hash.digest('hex'), bytes };
  }
}
