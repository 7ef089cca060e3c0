import { performance } from 'node:perf_hooks';
import type { SidecarSettings } from '../../../platform/config/sidecar-settings';
import type { LiveSecret } from '../../../platform/secrets/live-secret';
import type { Finding } from '../finding';
import { AnalyzeClient } from './analyze-client';
import { DetectorUnavailable } from './detector-unavailable';
import { EntityDetector } from './entity-detector';
import { joinedFindings } from './joined-findings';
import { readAnalysis, type Wanted } from './read-analysis';
import { RequestSlots } from './request-slots';
import { windowsOf, type Window } from './windows';

/** Requests at a time: for one text, and in the process. */
const PER_TEXT = 4;
const PER_PROCESS = 64;
const QUEUE = 512;
/** How long nobody asks a sidecar that failed. */
const REST_MS = 1_000;
/** A finding takes some hundred bytes, and there is seldom more than one in a few words. */
const ANSWER_BYTES = { least: 65_536, perCharacter: 256, most: 8_388_608 } as const;

export interface HttpEntityDetectorOptions {
  readonly apiKey?: LiveSecret | undefined;
  readonly clock?: () => number;
  readonly slots?: RequestSlots;
}

interface Question {
  readonly window: Window;
  readonly language: string;
}

/** Asks a server that speaks Presidio's API, `POST /analyze`, in windows of the text and in each language. */
export class HttpEntityDetector extends EntityDetector {
  private readonly client: AnalyzeClient;
  private readonly slots: RequestSlots;
  private readonly clock: () => number;
  private readonly wanted: Wanted;
  private restUntil = -Infinity;
  private answeredAt = -Infinity;

  constructor(
    private readonly settings: SidecarSettings,
    options: HttpEntityDetectorOptions = {},
  ) {
    super();
    const { url, timeoutMs, threshold, entities } = settings;
    this.client = new AnalyzeClient({ url, timeoutMs, connections: PER_PROCESS, apiKey: options.apiKey });
    this.slots = options.slots ?? new RequestSlots(PER_PROCESS, QUEUE);
    this.clock = options.clock ?? (() => performance.now());
    this.wanted = { threshold, entities: entities && new Set(entities) };
  }

  override async detect(text: string, signal: AbortSignal): Promise<readonly Finding[]> {
    signal.throwIfAborted();
    if (!/\S/.test(text)) return [];
    const began = this.clock();
    if (began < this.restUntil) throw new DetectorUnavailable('resting', 'the detector failed a moment ago');
    const course = new AbortController();
    const { timeoutMs } = this.settings;
    const late = (): void =>
      course.abort(new DetectorUnavailable('late', `the detector did not answer within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    const gone = (): void => course.abort(signal.reason);
    signal.addEventListener('abort', gone);
    try {
      return await this.examine(text, course.signal);
    } catch (error) {
      // whatever else is under way for this text is in vain
      course.abort(error);
      if (this.isAway(error, began)) this.restUntil = this.clock() + REST_MS;
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', gone);
    }
  }

  override check(): Promise<boolean> {
    return this.client.check();
  }

  override close(): Promise<void> {
    return this.client.close();
  }

  private async examine(text: string, signal: AbortSignal): Promise<readonly Finding[]> {
    // half a surrogate pair would make the server fail; its replacement is as long, so offsets stay
    const questions = this.questions(text.toWellFormed());
    const found: Finding[][] = [];
    const work = async (): Promise<void> => {
      for (const question of questions) found.push(await this.ask(question, signal));
    };
    await Promise.all(Array.from({ length: PER_TEXT }, work));
    return joinedFindings(found.flat(), text);
  }

  private *questions(text: string): Generator<Question> {
    for (const window of windowsOf(text, this.settings.maxCharacters))
      for (const language of this.settings.languages) yield { window, language };
  }

  private async ask({ window, language }: Question, signal: AbortSignal): Promise<Finding[]> {
    await this.slots.enter(signal);
    try {
      const { threshold, entities } = this.settings;
      const question = JSON.stringify({ text: window.text, language, score_threshold: threshold, entities });
      const { least, perCharacter, most } = ANSWER_BYTES;
      const maxBytes = Math.min(least + perCharacter * window.text.length, most);
      const answer = await this.client.analyze(question, maxBytes, signal);
      this.answeredAt = this.clock();
      return readAnalysis(answer, window, this.wanted);
    } finally {
      this.slots.leave();
    }
  }

  /** The sidecar itself, not just for this text: what one caller can write must not take the detector from the others. */
  private isAway(error: unknown, began: number): boolean {
    if (!(error instanceof DetectorUnavailable)) return false;
    return error.reason === 'unreachable' || (error.reason === 'late' && this.answeredAt < began);
  }
}
