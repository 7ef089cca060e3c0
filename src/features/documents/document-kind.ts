import type { JobContext, JobEstimate, JobKind } from '../../contract/job';
import type { Json } from '../../contract/json';
import { FILE_PREFIX, uuidOf } from '../../contract/public-ids';
import { validInput, withinInput } from '../../platform/validation/refused-input';
import type { DocumentJob, DocumentSettings } from './document-job';
import { DocumentProgress } from './document-progress';
import type { DocumentReader } from './document-reader';
import { type DocumentBytes, documentSource, type DocumentFiles, naming } from './document-source';
import { MapPhase } from './map-phase';
import { MergePhase } from './merge-phase';
import { DocumentInput } from './tasks/document-input';
import { documentTask } from './tasks/document-task';

/** A page of print has about so much text. */
const PAGE_BYTES = 3_500;
const ANSWER_TOKENS = 4_000;
const PROMPT_OVERHEAD_BYTES = 3_000;

/** A document of many pages: split, read in parts, put together; every statement with the page that it is from. */
export class DocumentKind implements JobKind<DocumentJob> {
  readonly type = 'document';

  constructor(
    private readonly settings: DocumentSettings,
    private readonly reader: Pick<DocumentReader, 'read'>,
    private readonly files: DocumentFiles,
  ) {}

  parse(input: Json): DocumentJob {
    return withinInput(() => this.read(input));
  }

  estimate({ source, model, mergeModel }: DocumentJob): readonly JobEstimate[] {
    const { partTokens, mergeTokens, pages, characters } = this.settings;
    const text = Math.min(source.kind === 'file' ? Infinity : textBytes(source), pages * PAGE_BYTES, characters);
    const parts = Math.ceil(text / (partTokens * 4)) + 1;
    const merges = 1 + Math.ceil(parts / 8);
    return [
      { model, promptBytes: partTokens * 4 + PROMPT_OVERHEAD_BYTES, maxTokens: ANSWER_TOKENS, times: parts },
      {
        model: mergeModel,
        promptBytes: mergeTokens * 4 + PROMPT_OVERHEAD_BYTES,
        maxTokens: ANSWER_TOKENS,
        times: merges,
      },
    ];
  }

  filesOf({ source }: DocumentJob): readonly string[] {
    const id = source.kind === 'file' ? uuidOf(FILE_PREFIX, source.id) : undefined;
    return id === undefined ? [] : [id];
  }

  async run(job: DocumentJob, context: JobContext): Promise<Json> {
    const { source } = job;
    const { bytes, format, name } =
      source.kind === 'file' ? await this.files.read(context.tenantId, source.id) : source;
    const progress = new DocumentProgress(context);
    try {
      progress.tell();
      const map = new MapPhase(job, this.settings.partTokens, context, progress);
      const mapped = await map.run(naming(`input.${source.field}`, this.reader.read(bytes, format, context.signal)));
      const merge = new MergePhase(job, this.settings.mergeTokens, context, progress);
      const merged = await merge.run(mapped.notes);
      context.progress(100, 'done');
      const missing = [...mapped.missing, ...merged.missing];
      const isSandbox = [...mapped.models, ...merged.models].some((model) => model.startsWith('sandbox/'));
      return {
        task: job.name,
        document: { ...(name !== undefined && { name }), format, ...mapped.document },
        result: merged.result,
        complete: !missing.length && !mapped.emptyPages.length && !merged.leftOut,
        missing,
        pages_without_text: mapped.emptyPages,
        notes: { taken: mapped.notes.length, left_out: merged.leftOut, unverified_quotes: mapped.unverified },
        parts: { read: mapped.parts, from_cache: mapped.cached },
        models: { read: mapped.models, merge: merged.models },
        ...(isSandbox && { sandbox: true }),
      };
    } finally {
      progress.close();
    }
  }

  private read(input: Json): DocumentJob {
    const read = validInput(DocumentInput, input);
    const source = documentSource(read, this.settings.bytes);
    return {
      source,
      task: documentTask(read),
      name: read.task,
      model: read.model ?? this.settings.model,
      mergeModel: read.merge_model ?? this.settings.mergeModel,
    };
  }
}

/** What may be in it, when nobody has looked. */
function textBytes({ bytes, format }: DocumentBytes): number {
  // both are compressed, and hold more than text
  return format === 'docx' || format === 'pdf' ? bytes.length * 2 : bytes.length;
}
