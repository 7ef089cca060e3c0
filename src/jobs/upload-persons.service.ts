import { Injectable } from '@nestjs/common';
import { linesOf, userOf } from '../features/batches';
import { Files, type Purpose, type Upload } from '../features/files';
import { Config } from '../platform/config/config';
import { PersonMarks } from '../platform/secrets/person-marks';
import { batchLimits } from './batch/batch-limits';

/** Noted at a time. */
const AT_ONCE = 5_000;

/** Of whom an upload is kept: of whom its sender names, and of whom the lines of a batch do. */
@Injectable()
export class UploadPersons {
  constructor(
    private readonly config: Config,
    private readonly files: Files,
    private readonly marks: PersonMarks,
  ) {}

  /** Before anybody can read it. @throws GatewayError `storage_unavailable` */
  async note(upload: Upload, purpose: Purpose, sentFor: string | undefined): Promise<void> {
    const users = new Set(sentFor === undefined ? [] : [sentFor]);
    if (purpose === 'batch')
      for await (const user of this.named(upload)) {
        users.add(user);
        if (users.size < AT_ONCE) continue;
        await this.keep(upload, users);
        users.clear();
      }
    await this.keep(upload, users);
  }

  private async *named({ id, owner, bytes }: Upload): AsyncGenerator<string> {
    const limits = batchLimits(this.config);
    const content = this.files.content({ id, tenantId: owner.tenantId, bytes });
    for await (const line of linesOf(content, limits.lineBytes)) {
      const user = userOf(line.bytes, limits);
      if (user !== undefined) yield user;
    }
  }

  private keep({ id, owner: { tenantId } }: Upload, users: ReadonlySet<string>): Promise<void> {
    const persons = Array.from(users, (user) => this.marks.of(tenantId, user));
    return this.files.belong(tenantId, [id], persons);
  }
}
