import { GatewayError } from '../../contract/errors';
import { inParallel } from '../../contract/in-parallel';
import type { JobContext, Question } from '../../contract/job';
import type { JsonObject } from '../../contract/json';
import { partly, type PartFailure, triedStep } from '../../contract/part-failure';
import { untrusted } from '../../contract/untrusted-text';
import type { DocumentJob } from './document-job';
import type { DocumentProgress } from './document-progress';
import { type Note, NOTES_SCHEMA } from './notes/note';
import { readNotes } from './notes/read-notes';
import type { DocumentHead, Parsed } from './parsed-page';
import { type Chunk, firstPage, lastPage } from './split/chunk';
import { halves, Splitter } from './split/splitter';

/** What of a document has no part in the result, and why. */
export interface Missing extends JsonObject {
  readonly pages: readonly [first: number, last: number];
  readonly code: string;
  readonly message: string;
}

export interface Mapped {
  readonly document: JsonObject;
  /** In the order of the document. */
  readonly notes: readonly Note[];
  readonly missing: readonly Missing[];
  readonly emptyPages: readonly number[];
  readonly unverified: number;
  readonly parts: number;
  readonly cached: number;
  readonly models: readonly string[];
}

/** What is kept of a part that was read. */
interface ReadPart extends JsonObject {
  readonly notes: readonly Note[];
  readonly unverified: number;
  readonly model: string;
  readonly cached: boolean;
}

type Part = { readonly chunk: Chunk } & ({ readonly read: ReadPart } | { readonly failure: PartFailure });

const ANSWER_TOKENS = 8_000;
const EMPTY_PAGES_TOLD = 1_000;

/** Takes notes of each part of a document, several at a time, while the document is still being read. */
export class MapPhase {
  private head: DocumentHead | undefined;
  private readonly emptyPages: number[] = [];

  constructor(
    private readonly job: DocumentJob,
    private readonly partTokens: number,
    private readonly context: JobContext,
    private readonly progress: DocumentProgress,
  ) {}

  /** @throws GatewayError when nothing could be read */
  async run(parsed: AsyncIterable<Parsed>): Promise<Mapped> {
    const parts = (await inParallel(this.chunks(parsed), this.context.parallel, (chunk) => this.part(chunk))).flat();
    if (!parts.length)
      throw new GatewayError(
        'invalid_request',
        'The document holds no text: pages that are pictures must be recognised first',
        { param: `input.${this.job.source.field}` },
      );
    const missing = parts.flatMap((part) => ('failure' in part ? [missed(part.chunk, part.failure)] : []));
    const read = parts.flatMap((part) => ('read' in part ? [part.read] : []));
    const [first] = parts;
    if (!read.length && first && 'failure' in first) throw new GatewayError(first.failure.code, first.failure.message);
    const { pages = 0, pageKind = 'real', title } = this.head ?? {};
    return {
      document: { pages, page_kind: pageKind, ...(title !== undefined && { title }) },
      notes: read.flatMap(({ notes }) => notes),
      missing,
      emptyPages: this.emptyPages.slice(0, EMPTY_PAGES_TOLD),
      unverified: read.reduce((sum, { unverified }) => sum + unverified, 0),
      parts: parts.length,
      cached: read.filter(({ cached }) => cached).length,
      models: [...new Set(read.map(({ model }) => model))],
    };
  }

  private async *chunks(parsed: AsyncIterable<Parsed>): AsyncGenerator<Chunk> {
    const splitter = new Splitter(this.partTokens);
    let told: Promise<void> | undefined;
    for await (const one of parsed) {
      if (one.type === 'head') {
        this.head = one.head;
        this.progress.expect(one.head.pages);
        told = this.context.partial('document', { pages: one.head.pages, page_kind: one.head.pageKind });
        // nothing waits for it; whether it was kept is asked at the end
        told.catch(() => undefined);
      } else {
        if (!one.page.blocks.length) {
          this.emptyPages.push(one.page.number);
          this.progress.skip(1);
        }
        yield* splitter.add(one.page);
      }
    }
    await told;
    yield* splitter.end();
  }

  /** A part whose answer was too long is read in halves. */
  private async part(chunk: Chunk): Promise<readonly Part[]> {
    const ended = this.progress.begin(chunk.share);
    const whole = await this.read(chunk, `map:${chunk.index}`);
    const two = 'failure' in whole && whole.failure.reason === 'nonconforming_answer' ? halves(chunk) : undefined;
    const parts: Part[] = [];
    if (two) for (const [i, half] of two.entries()) parts.push(await this.read(half, `map:${chunk.index}.${i}`));
    else parts.push(whole);
    ended();
    await this.tell(chunk, parts);
    return parts;
  }

  private async read(chunk: Chunk, key: string): Promise<Part> {
    const { signal } = this.context;
    const outcome = await partly(signal, (tried) =>
      this.context.step<ReadPart>(triedStep(key, tried), async (ask) => {
        const { json, provider, model, cache } = await ask(this.question(chunk));
        const { notes, unverified } = readNotes(json, chunk);
        return { notes, unverified, model: `${provider}/${model}`, cached: cache === 'hit' || cache === 'coalesced' };
      }),
    );
    return 'value' in outcome ? { chunk, read: outcome.value } : { chunk, failure: outcome.failure };
  }

  private async tell(chunk: Chunk, parts: readonly Part[]): Promise<void> {
    await this.context.partial(`part:${chunk.index}`, {
      pages: [firstPage(chunk), lastPage(chunk)],
      section: chunk.section,
      notes: parts.flatMap((part) => ('read' in part ? part.read.notes : [])),
      failed: parts.flatMap((part) => ('failure' in part ? [missed(part.chunk, part.failure)] : [])),
    });
  }

  private question({ pages, section }: Chunk): Question {
    const text = pages.map((page) => `[page ${page.number}]\n${page.text}`).join('\n\n');
    const under = section.length ? `Under the headings:\n${section.join('\n')}\n\n` : '';
    const { block, notice } = untrusted(under + text, 'A part of a document');
    return {
      model: this.job.model,
      system:
        `You take notes of one part of a document. ${this.job.task.noting}\n\n` +
        'Each note is one statement with a quote that proves it: words copied letter for letter from the page, and the number of that page. ' +
        'A line such as [page 3] says which page the text below it is from. Say only what stands there. Where nothing is to be noted, give no ' +
        `notes. Answer with JSON that conforms to the schema, and nothing else. ${notice}`,
      prompt: block,
      maxTokens: ANSWER_TOKENS,
      schema: { name: 'notes', schema: NOTES_SCHEMA },
    };
  }
}

function missed(chunk: Chunk, { code, message }: PartFailure): Missing {
  return { pages: [firstPage(chunk), lastPage(chunk)], code, message };
}
