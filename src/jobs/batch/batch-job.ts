import { GatewayError } from '../../contract/errors';
import type { JobContext, JobEstimate, JobKind } from '../../contract/job';
import type { Json } from '../../contract/json';
import { FILE_PREFIX, publicId } from '../../contract/public-ids';
import {
  batchCall,
  type BatchCounts,
  type BatchFiles,
  type BatchInput,
  batchInput,
  type Checked,
  checkLines,
  ENDPOINTS,
  estimatesOf,
  type Line,
  linesOf,
} from '../../features/batches';
import type { Batches } from '../../features/batches';
import type { Files, StoredFile } from '../../features/files';
import type { JobReader } from '../../features/jobs';
import type { BatchLimits } from './batch-limits';
import { answered, isAnswer, isOfLine, refused, type ResultLine, requestOf, stepOf } from './batch-line';
import type { BatchResults } from './batch-results';
import { eachOf } from './each-of';
import type { RemoteBatchWork } from './remote-batch';
import { Tally } from './tally';
import { wantsPassing, type Ways, whichWay } from './which-way';
import { withResults } from './with-results';

/** What a provider could not do a moment ago it may do now; limits by the minute are over after a while. */
const PATIENCE = { failures: 2, patienceMs: 180_000 };
/** Reading the input and writing the files are the rest. */
const WORK_PERCENT = 96;

export interface BatchPlace {
  readonly files: Pick<Files, 'find' | 'content'>;
  readonly batches: Pick<Batches, 'begin' | 'start' | 'count' | 'refuse' | 'under' | 'decide'>;
  readonly results: Pick<BatchResults, 'write'>;
  readonly reader: Pick<JobReader, 'steps'>;
  readonly ways: Ways;
  readonly remote: Pick<RemoteBatchWork, 'run'>;
}

/** A file of calls, each of them a step: what comes of them is written to files. */
export class BatchJob implements JobKind<BatchInput> {
  readonly type = 'batch';
  readonly parallel: number;

  constructor(
    private readonly limits: BatchLimits,
    private readonly at: BatchPlace,
  ) {
    this.parallel = limits.parallel;
  }

  parse(input: Json): BatchInput {
    return batchInput(input);
  }

  /** @throws GatewayError `not_found`, `invalid_request` when the file is none that can be worked off */
  async estimate(input: BatchInput, tenantId: string): Promise<readonly JobEstimate[]> {
    const file = await this.find(input, tenantId);
    // an answer that its provider gave is paid for however long it is
    const most = wantsPassing(input, this.at.ways.setting) ? Infinity : undefined;
    return estimatesOf(this.linesOf(file), input.endpoint, this.limits, most);
  }

  filesOf({ fileId }: BatchInput): readonly string[] {
    return [fileId];
  }

  async run(input: BatchInput, context: JobContext): Promise<Json> {
    const { batches, results } = this.at;
    const { jobId, tenantId } = context;
    await batches.begin(jobId, tenantId);
    context.progress(0, 'validating');
    const file = await this.find(input, tenantId);
    const { total, faults } = await context.step<Json & Checked>('check', async () => {
      const checked = await checkLines(this.linesOf(file), input.endpoint, this.limits);
      return { total: checked.total, faults: checked.faults.map((fault) => ({ ...fault })) };
    });
    if (faults.length) {
      await batches.refuse(jobId, tenantId, faults);
      const message = `The input file cannot be worked off; faults: ${faults.length}`;
      throw new GatewayError('invalid_request', message, { param: 'input_file_id' });
    }
    await batches.start(jobId, total);
    await this.passOn(input, total, file, context);
    const tally = new Tally(total, (counts) => batches.count(jobId, counts));
    const steps = (keys: readonly string[]) => this.at.reader.steps({ id: jobId, tenantId }, keys);
    await eachOf(withResults(this.linesOf(file), steps), this.parallel, async ({ n, line, result }) => {
      const done = tally.add(isAnswer(result ?? (await this.done(n, line, input, context))));
      context.progress(1 + WORK_PERCENT * done, 'in_progress');
    });
    await tally.flush();
    context.progress(1 + WORK_PERCENT, 'finalizing');
    return shown(await results.write(context, input));
  }

  /** To its provider, where it goes there. What is left afterwards is done here. @throws JobPause while the provider is at it */
  private async passOn(input: BatchInput, total: number, file: StoredFile, context: JobContext): Promise<void> {
    const { batches, ways, remote } = this.at;
    const { jobId } = context;
    const lines = () => this.linesOf(file);
    const { inProgressAt, ...found } = await batches.under(jobId);
    const passage =
      found.passage.way === 'undecided'
        ? await batches.decide(jobId, await whichWay(input, context, { bytes: file.bytes, lines }, ways))
        : found.passage;
    if (passage.way !== 'provider' || passage.collected) return;
    context.progress(1, 'at_provider');
    await remote.run({ work: context, input, passage, total, since: inProgressAt }, lines());
  }

  /** A line that fails is done all the same: what it failed with is what comes of it. */
  private done(n: number, { bytes }: Line, input: BatchInput, context: JobContext): Promise<ResultLine> {
    const { jobId, signal } = context;
    return context.step<Json & ResultLine>(stepOf(n), async (ask) => {
      const { customId, body } = batchCall(bytes, input.endpoint, this.limits);
      try {
        const call = { dialect: ENDPOINTS[input.endpoint], body, requestId: requestOf(jobId, n), ...PATIENCE };
        const line = answered(jobId, n, customId, (await ask.verbatim(call)).body);
        if (Buffer.byteLength(JSON.stringify(line)) > this.limits.answerBytes) throw tooLarge(this.limits.answerBytes);
        return { ...line };
      } catch (thrown) {
        const error = GatewayError.from(thrown);
        if (signal.aborted || !isOfLine(error)) throw thrown;
        return { ...refused(jobId, n, customId, error) };
      }
    });
  }

  private async find({ fileId }: BatchInput, tenantId: string): Promise<StoredFile> {
    const file = await this.at.files.find(tenantId, fileId);
    if (file?.purpose === 'batch') return file;
    const param = 'input_file_id';
    if (file) throw new GatewayError('invalid_request', `${param}: is not a file of purpose batch`, { param });
    throw new GatewayError('not_found', `${param}: there is no such file`, { param });
  }

  private linesOf(file: StoredFile): AsyncGenerator<Line> {
    return linesOf(this.at.files.content(file), this.limits.lineBytes);
  }
}

function tooLarge(bytes: number): GatewayError {
  return new GatewayError('prompt_too_large', `The answer is larger than ${bytes} bytes, and is not kept`);
}

function shown({ files, counts }: { files: BatchFiles; counts: BatchCounts }): Json {
  const idOf = (id: string | undefined) => (id === undefined ? null : publicId(FILE_PREFIX, id));
  return {
    output_file_id: idOf(files.output),
    error_file_id: idOf(files.errors),
    request_counts: { total: counts.total, completed: counts.completed, failed: counts.failed },
  };
}
