import { Injectable } from '@nestjs/common';
import type { JobKind } from '../contract/job';
import { Files } from '../features/files';
import { PersonMarks } from '../platform/secrets/person-marks';

/** Of whom a job is kept: of whom it works for, and of whom the files are that it reads. Those are from then on of the former, too. */
@Injectable()
export class JobPersons {
  constructor(
    private readonly files: Files,
    private readonly marks: PersonMarks,
  ) {}

  /** @param user whom its submitter named; the input may name one where that did not */
  async of<I>(tenantId: string, kind: JobKind<I>, input: I, user = kind.userOf?.(input)): Promise<readonly Buffer[]> {
    const own = user === undefined ? [] : [this.marks.of(tenantId, user)];
    const read = kind.filesOf?.(input) ?? [];
    if (!read.length) return own;
    await this.files.belong(tenantId, read, own);
    return [...own, ...(await this.files.personsOf(tenantId, read))];
  }
}
