import type { Json } from '../../contract/json';
import type { KeyedHash } from '../../platform/secrets/keyed-hash';
import type { SealedBox } from '../../platform/secrets/sealed-box';
import type { JobError, Submission } from './job';

const PURPOSE = 'job';

interface Whose {
  readonly id: string;
  readonly tenantId: string;
}

/** What is kept of a job beside the facts: nobody reads it without the master key, nor can it be moved to another job. */
export class JobSeal {
  constructor(
    private readonly box: SealedBox,
    private readonly hash: KeyedHash,
  ) {}

  submission(job: Whose, submission: Submission): Buffer {
    return this.seal(job, 'submission', submission as unknown as Json);
  }
  openSubmission(job: Whose, sealed: Buffer): Submission {
    return this.open(job, 'submission', sealed) as unknown as Submission;
  }

  result(job: Whose, result: Json): Buffer {
    return this.seal(job, 'result', result);
  }
  openResult(job: Whose, sealed: Buffer): Json {
    return this.open(job, 'result', sealed);
  }

  error(job: Whose, error: JobError): Buffer {
    return this.seal(job, 'error', error as unknown as Json);
  }
  openError(job: Whose, sealed: Buffer): JobError {
    return this.open(job, 'error', sealed) as unknown as JobError;
  }

  /** A name that may tell of content is kept as this, 32 bytes. */
  nameOf({ id, tenantId }: Whose, kind: 'step' | 'partial', key: string): Buffer {
    return this.hash.digest('job-part', tenantId, `${id}\n${kind}\n${key}`);
  }
  part(job: Whose, name: Buffer, content: Json): Buffer {
    return this.seal(job, name.toString('hex'), content);
  }
  openPart(job: Whose, name: Buffer, sealed: Buffer): Json {
    return this.open(job, name.toString('hex'), sealed);
  }

  /** What a submission that is named by its caller is known by. */
  submitKey(tenantId: string, keyId: string, idempotencyKey: string): Buffer {
    return this.hash.digest('job-submit-key', tenantId, `${keyId}\n${idempotencyKey}`);
  }
  submitBody(tenantId: string, text: string): Buffer {
    return this.hash.digest('job-submit-body', tenantId, text);
  }

  private seal({ id, tenantId }: Whose, place: string, content: Json): Buffer {
    return this.box.seal(PURPOSE, tenantId, `${id}/${place}`, Buffer.from(JSON.stringify(content)));
  }
  private open({ id, tenantId }: Whose, place: string, sealed: Buffer): Json {
    return JSON.parse(this.box.open(PURPOSE, tenantId, `${id}/${place}`, sealed).toString()) as Json;
  }
}
