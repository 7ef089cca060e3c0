import { Pool, type Dispatcher } from 'undici';
import { DetectorUnavailable, InjectionDetector } from './detector';
import { scoresOf } from './label-scores';

export interface HttpDetectorSettings {
  readonly name: string;
  /** Of the classifier itself, path included: `http://127.0.0.1:8080/predict`. */
  readonly url: string;
  /** What the model calls an attack; case does not matter. */
  readonly labels?: readonly string[];
  /** Milliseconds for everything. */
  readonly budgetMs?: number;
  readonly connections?: number;
  /** Such as an authorization; asked for each time, because keys change. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

/** As Prompt Guard, PIGuard and ProtectAI's models name them. */
export const ATTACK_LABELS = ['injection', 'jailbreak', 'malicious', 'unsafe', 'label_1'] as const;
const BUDGET_MS = 150;
const CHECK_MS = 1_000;
const CONNECTIONS = 8;
const ANSWER_BYTES = 256 * 1024;

/** A text-classification server in the manner of Hugging Face: `{inputs: […]}` is answered by `[[{label, score}]]`. */
export class HttpInjectionDetector extends InjectionDetector {
  readonly name: string;
  private readonly pool: Pool;
  private readonly path: string;
  private readonly labels: ReadonlySet<string>;
  private readonly budgetMs: number;

  constructor(private readonly settings: HttpDetectorSettings) {
    super();
    const { origin, pathname, search } = new URL(settings.url);
    this.name = settings.name;
    this.path = pathname + search;
    this.labels = new Set((settings.labels ?? ATTACK_LABELS).map((label) => label.toLowerCase()));
    this.budgetMs = settings.budgetMs ?? BUDGET_MS;
    this.pool = new Pool(origin, { connections: settings.connections ?? CONNECTIONS, allowH2: false });
  }

  override async classify(windows: readonly string[], signal: AbortSignal): Promise<{ readonly score: number }> {
    signal.throwIfAborted();
    if (!windows.length) return { score: 0 };
    const deadline = AbortSignal.timeout(this.budgetMs);
    const answer = await this.ask(windows, AbortSignal.any([signal, deadline])).catch((error: unknown) => {
      if (signal.aborted) throw signal.reason;
      if (error instanceof DetectorUnavailable) throw error;
      if (deadline.aborted)
        throw new DetectorUnavailable(
          'timeout',
          `The detector ${this.name} did not answer within ${this.budgetMs} ms`,
          error,
        );
      throw new DetectorUnavailable('unreachable', `The detector ${this.name} cannot be reached`, error);
    });
    const scores = scoresOf(answer, windows.length, this.labels);
    if (scores === 'labels')
      throw new DetectorUnavailable('labels', `The detector ${this.name} answers with labels that are not configured`);
    if (scores === 'garbage') throw this.garbage();
    return { score: Math.max(...scores) };
  }

  override check(): Promise<boolean> {
    return this.classify(['Hello'], AbortSignal.timeout(CHECK_MS)).then(
      () => true,
      () => false,
    );
  }

  override async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async ask(windows: readonly string[], signal: AbortSignal): Promise<unknown> {
    const { statusCode, body } = await this.pool.request({
      path: this.path,
      method: 'POST',
      headers: { ...this.settings.headers?.(), 'content-type': 'application/json', accept: 'application/json' },
      // half a surrogate pair would make most servers refuse the whole call
      body: JSON.stringify({ inputs: windows.map((text) => text.toWellFormed()), truncate: true }),
      signal,
    });
    if (statusCode !== 200) {
      await body.dump({ limit: ANSWER_BYTES, signal });
      throw new DetectorUnavailable('status', `The detector ${this.name} answered ${statusCode}`);
    }
    const text = await this.read(body);
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw this.garbage();
    }
  }

  private async read(body: Dispatcher.ResponseData['body']): Promise<string> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      bytes += piece.length;
      if (bytes > ANSWER_BYTES) throw this.garbage();
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  private garbage(): DetectorUnavailable {
    return new DetectorUnavailable('garbage', `The detector ${this.name} answered something that is no classification`);
  }
}
