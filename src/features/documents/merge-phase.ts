import { GatewayError } from '../../contract/errors';
import { textTokens } from '../../contract/estimate-tokens';
import { inParallel } from '../../contract/in-parallel';
import type { JobContext, Question } from '../../contract/job';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import { partly, triedStep } from '../../contract/part-failure';
import { untrusted } from '../../contract/untrusted-text';
import type { DocumentJob } from './document-job';
import type { DocumentProgress } from './document-progress';
import type { Missing } from './map-phase';
import { CONDENSED_SCHEMA, type Note } from './notes/note';
import { readCondensed, toldNote, toldNotes } from './notes/read-notes';

export interface Merged {
  readonly result: Json;
  readonly missing: readonly Missing[];
  /** Notes that there was no room for. */
  readonly leftOut: number;
  readonly models: readonly string[];
}

interface Condensed extends JsonObject {
  readonly notes: readonly Note[];
  readonly model: string;
}

interface Answered extends JsonObject {
  readonly answer: JsonObject;
  readonly model: string;
}

const LEVELS = 6;
/** A level that leaves more than this was of no use, and so would be the next. */
const USEFUL = 0.9;
const ANSWER_TOKENS = 16_000;
/** Of notes that could not be condensed one of so many goes on, as few as there would have been. */
const ONE_OF = 4;

/** Makes one answer of the notes of all parts: notes that are too many for one question are condensed first, neighbours together. */
export class MergePhase {
  private readonly missing: Missing[] = [];
  private readonly models = new Set<string>();
  private leftOut = 0;

  constructor(
    private readonly job: DocumentJob,
    private readonly tokens: number,
    private readonly context: JobContext,
    private readonly progress: DocumentProgress,
  ) {}

  /** @throws GatewayError when there is no answer */
  async run(all: readonly Note[]): Promise<Merged> {
    let notes = all;
    for (let level = 0; level < LEVELS && tokensOf(notes) > this.tokens; level++) {
      const before = tokensOf(notes);
      notes = await this.condense(notes, level);
      if (tokensOf(notes) > before * USEFUL) break;
    }
    notes = this.fitting(notes);
    this.progress.merge(1);
    const ended = this.progress.begin(1);
    const { answer, model } = await this.context.step<Answered>('answer', async (ask) => {
      const said = await ask(this.finalQuestion(notes));
      if (!isObject(said.json))
        throw new GatewayError('provider_failed', 'The model declined to put the notes together');
      return { answer: said.json, model: `${said.provider}/${said.model}` };
    });
    ended();
    this.models.add(model);
    const result = this.job.task.result(answer, notes);
    return { result, missing: this.missing, leftOut: this.leftOut, models: [...this.models] };
  }

  private async condense(notes: readonly Note[], level: number): Promise<readonly Note[]> {
    const batches = inBatches(notes, this.tokens);
    // one more for the answer
    this.progress.merge(batches.length + 1);
    const condensed = await inParallel(batches, this.context.parallel, async (batch, i) => {
      const ended = this.progress.begin(1);
      const outcome = await partly(this.context.signal, (tried) =>
        this.context.step<Condensed>(triedStep(`condense:${level}:${i}`, tried), async (ask) => {
          const { json, provider, model } = await ask(this.condensing(batch));
          return { notes: readCondensed(json, batch), model: `${provider}/${model}` };
        }),
      );
      ended();
      if ('failure' in outcome) {
        this.missing.push({ pages: pagesOf(batch), code: outcome.failure.code, message: outcome.failure.message });
        // better some of them as they are than none
        const kept = batch.filter((_, at) => at % ONE_OF === 0);
        this.leftOut += batch.length - kept.length;
        return kept;
      }
      this.models.add(outcome.value.model);
      return outcome.value.notes;
    });
    const merged = condensed.flat();
    await this.context.partial(`merge:${level}`, { notes: merged });
    return merged;
  }

  private fitting(notes: readonly Note[]): readonly Note[] {
    const [first = []] = inBatches(notes, this.tokens);
    this.leftOut += notes.length - first.length;
    return first;
  }

  private condensing(notes: readonly Note[]): Question {
    const { block, notice } = untrusted(toldNotes(notes), 'The list of notes');
    return {
      model: this.job.mergeModel,
      system:
        `These are numbered notes about a document. They were taken for this: ${this.job.task.noting}\n\n` +
        'Make fewer notes of them, a quarter as many or less: put together what belongs together, leave out what is said twice or matters ' +
        'least, keep figures, names and dates exactly, and keep the order. `sources` are the numbers of the notes that a new one is made of. ' +
        `Answer with JSON that conforms to the schema, and nothing else. ${notice}`,
      prompt: block,
      maxTokens: ANSWER_TOKENS,
      schema: { name: 'notes', schema: CONDENSED_SCHEMA },
    };
  }

  private finalQuestion(notes: readonly Note[]): Question {
    const { block, notice } = untrusted(notes.length ? toldNotes(notes) : '(no notes)', 'The list of notes');
    return {
      model: this.job.mergeModel,
      system:
        `These are numbered notes about a document, in its order, with their pages. ${this.job.task.answering}\n\n` +
        '`sources` are the numbers of the notes that say so. Say nothing that no note says. Answer with JSON that conforms to the schema, and ' +
        `nothing else. ${notice}`,
      prompt: block,
      maxTokens: ANSWER_TOKENS,
      schema: { name: 'answer', schema: this.job.task.schema },
    };
  }
}

const tokensOf = (notes: readonly Note[]): number => notes.reduce((sum, note, i) => sum + tokensOfNote(note, i), 0);
const tokensOfNote = (note: Note, index: number): number => textTokens(toldNote(note, index)) + 1;

/** Neighbours, as many as fit into one question; at least one. */
function inBatches(notes: readonly Note[], most: number): readonly (readonly Note[])[] {
  const batches: Note[][] = [];
  let tokens = 0;
  for (const note of notes) {
    const more = tokensOfNote(note, batches.at(-1)?.length ?? 0);
    if (!batches.length || tokens + more > most) {
      batches.push([]);
      tokens = 0;
    }
    batches.at(-1)?.push(note);
    tokens += more;
  }
  return batches;
}

/** From the first to the last page that notes are about. */
function pagesOf(notes: readonly Note[]): readonly [number, number] {
  const pages = notes.flatMap(({ citations }) => citations.map(({ page }) => page));
  return pages.length ? [Math.min(...pages), Math.max(...pages)] : [0, 0];
}
