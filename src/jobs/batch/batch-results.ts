import type { Json } from '../../contract/json';
import { BATCH_PREFIX, publicId } from '../../contract/public-ids';
import {
  type Assembly,
  type Batches,
  type BatchCounts,
  type BatchFiles,
  type BatchInput,
  linesOf,
} from '../../features/batches';
import type { Files, Upload } from '../../features/files';
import type { JobReader } from '../../features/jobs';
import type { BatchLimits } from './batch-limits';
import { isAnswer, type ResultLine, stepOf, type Undone, undone } from './batch-line';
import { LineNames } from './line-names';

const LINES_AT_ONCE = 50;
const RENEW_MS = 15_000;

export interface Results {
  readonly files: BatchFiles;
  readonly counts: BatchCounts;
}
interface Whose {
  readonly jobId: string;
  readonly tenantId: string;
  /** Aborted when the process must stop, or the job is somebody else's. */
  readonly signal: AbortSignal;
}
interface Source {
  readonly assembly: Assembly;
  readonly signal: AbortSignal;
}

/**
 * Puts together what came of a batch: a file of answers and a file of errors, from the steps that are kept of its job. Whatever
 * happens meanwhile, one pair of files is left.
 */
export class BatchResults {
  constructor(
    private readonly files: Files,
    private readonly batches: Batches,
    private readonly reader: Pick<JobReader, 'find' | 'personsOf' | 'steps'>,
    private readonly limits: BatchLimits,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /**
   * @param why lines may be missing that were never done
   * @throws GatewayError `conflict` when somebody else does it by now; `storage_unavailable`
   */
  async write({ jobId, tenantId, signal }: Whose, input: BatchInput, why?: Undone): Promise<Results> {
    const assembly = await this.batches.assemble(jobId);
    const source = { assembly, signal };
    const job = await this.reader.find(jobId);
    if (!job) throw new Error('a batch belongs to a job');
    const { output: formerOutput, errors: formerErrors } = assembly.former;
    for (const id of [formerOutput, formerErrors]) if (id !== undefined) await this.files.remove(tenantId, id);
    const owner = { tenantId, keyId: job.keyId };
    const persons = await this.reader.personsOf(jobId);
    const counts = { completed: 0, failed: 0, missing: 0 };
    const uploads: Upload[] = [];
    const receive = async (chunks: AsyncGenerator<Buffer, void>): Promise<Upload | undefined> => {
      const first = await chunks.next();
      if (first.done) return undefined;
      const upload = await this.files.receive(owner, from(first.value, chunks), { made: true, persons });
      uploads.push(upload);
      return upload;
    };
    try {
      const output = await receive(this.answers(source, counts));
      const isWhole = counts.failed + counts.missing === 0;
      const errors = isWhole ? undefined : await receive(this.errors(source, input, why));
      const files = { ...(output && { output: output.id }), ...(errors && { errors: errors.id }) };
      const { completed, failed } = counts;
      const results = { files, counts: { total: assembly.total, completed, failed } };
      await this.batches.settle(assembly, files, results.counts);
      await this.finish(jobId, input, output, 'output');
      await this.finish(jobId, input, errors, 'error');
      await this.batches.closed(assembly);
      return results;
    } catch (error) {
      for (const upload of uploads) await this.files.abandon(upload);
      throw error;
    }
  }

  private async finish(jobId: string, { keepSeconds }: BatchInput, upload: Upload | undefined, what: string) {
    const name = `${publicId(BATCH_PREFIX, jobId)}_${what}.jsonl`;
    if (upload) await this.files.finish(upload, { purpose: 'batch_output', name, keepSeconds });
  }

  private async *answers(
    source: Source,
    counts: { completed: number; failed: number; missing: number },
  ): AsyncGenerator<Buffer, void> {
    for await (const lines of this.chunks(source)) {
      const found = lines.flatMap(([, line]) => line ?? []);
      const answers = found.filter(isAnswer);
      counts.completed += answers.length;
      counts.failed += found.length - answers.length;
      counts.missing += lines.length - found.length;
      if (answers.length) yield jsonl(answers);
    }
  }

  private async *errors(source: Source, input: BatchInput, why?: Undone): AsyncGenerator<Buffer, void> {
    const { jobId, tenantId } = source.assembly;
    const file = why && (await this.files.find(tenantId, input.fileId));
    const lines = file && linesOf(this.files.content(file), this.limits.lineBytes);
    const names = new LineNames(lines, input.endpoint, this.limits);
    try {
      for await (const chunk of this.chunks(source)) {
        const errors: ResultLine[] = [];
        for (const [n, line] of chunk)
          if (line && !isAnswer(line)) errors.push(line);
          else if (!line) {
            if (!why) throw new Error('a batch that was worked off has a line that was not done');
            const name = await names.of(n);
            if (name !== undefined) errors.push(undone(jobId, n, name, why));
          }
        if (errors.length) yield jsonl(errors);
      }
    } finally {
      await names.close();
    }
  }

  /** All lines with what came of them, so many at a time. */
  private async *chunks({
    assembly,
    signal,
  }: Source): AsyncGenerator<readonly (readonly [number, ResultLine | undefined])[], void> {
    const { jobId, tenantId, total } = assembly;
    let renewedAt = this.clock();
    for (let first = 1; first <= total; first += LINES_AT_ONCE) {
      signal.throwIfAborted();
      const places = Array.from({ length: Math.min(LINES_AT_ONCE, total - first + 1) }, (_, i) => first + i);
      const kept = await this.reader.steps({ id: jobId, tenantId }, places.map(stepOf));
      yield places.map((n) => [n, kept.get(stepOf(n)) as (Json & ResultLine) | undefined] as const);
      if (this.clock() - renewedAt < RENEW_MS) continue;
      await this.batches.renew(assembly);
      renewedAt = this.clock();
    }
  }
}

async function* from(first: Buffer, others: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  yield first;
  yield* others;
}

function jsonl(lines: readonly ResultLine[]): Buffer {
  return Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
