import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { GatewayError } from '../../contract/errors';
import { Inbox } from './inbox';
import { checkBytes, type Format } from './media-type';
import type { Parsed, ParseLimits } from './parsed-page';
import type { ParseMessage, ParseTask } from './parsers/parse-worker';

export interface ReadingLimits extends ParseLimits {
  /** Of the document as it comes. */
  readonly bytes: number;
  readonly parseMs: number;
  /** What its thread may take, buffers included. */
  readonly memoryBytes: number;
}

const WATCH_MS = 50;
const STACK_MB = 4;
/** Threads at a time; documents beyond wait. */
const THREADS = 2;

/** Reads documents in threads of their own, within limits of time and memory. */
export class DocumentReader {
  private readonly waiting: (() => void)[] = [];
  private free = THREADS;

  constructor(
    private readonly limits: ReadingLimits,
    private readonly workerFile = join(__dirname, 'parsers', 'parse-worker.js'),
  ) {}

  /**
   * The head of the document, then each page as soon as it is read; whoever takes them may take its time.
   * @throws GatewayError `invalid_request` when it is not what it is said to be, or takes too much; `prompt_too_large`
   */
  async *read(bytes: Uint8Array, format: Format, signal: AbortSignal): AsyncGenerator<Parsed> {
    const { bytes: most } = this.limits;
    if (bytes.length > most)
      throw new GatewayError('prompt_too_large', `The document has ${bytes.length} bytes, and the limit is ${most}`);
    checkBytes(bytes, format);
    await this.enter();
    if (signal.aborted) this.leave();
    signal.throwIfAborted();
    const inbox = new Inbox<Parsed>();
    const stop = this.begin({ bytes, format, limits: this.limits }, inbox, signal);
    try {
      yield* inbox;
    } finally {
      stop();
    }
  }

  /** @returns ends the thread, if it still runs */
  private begin(task: ParseTask, inbox: Inbox<Parsed>, signal: AbortSignal): () => void {
    const { memoryBytes, parseMs } = this.limits;
    const worker = new Worker(this.workerFile, {
      workerData: task,
      // it needs nothing of what the process knows
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memoryBytes / 1_048_576), stackSizeMb: STACK_MB },
      stdout: true,
      stderr: true,
    });
    const fail = (error: unknown): void => {
      inbox.fail(error);
      void worker.terminate();
    };
    const leave = (): void => fail(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    // the limits of a thread do not count buffers
    const watch = setInterval(() => {
      worker.getHeapStatistics().then(
        ({ external_memory: external, used_heap_size: heap }) => {
          if (external + heap > memoryBytes) fail(tooMuchMemory());
        },
        () => undefined,
      );
    }, WATCH_MS);
    const clock = setTimeout(() => fail(tooSlow(parseMs)), parseMs);
    worker.on('message', (message: ParseMessage) => {
      if (message.type === 'refused') inbox.fail(new GatewayError(message.code, message.message));
      else if (message.type !== 'end') return inbox.put(message);
      else inbox.end();
      void worker.terminate();
    });
    worker.once('error', (error: NodeJS.ErrnoException) =>
      inbox.fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuchMemory() : unreadable(error)),
    );
    worker.once('exit', () => {
      clearInterval(watch);
      clearTimeout(clock);
      signal.removeEventListener('abort', leave);
      this.leave();
      // unless it had said that it was done
      inbox.fail(unreadable());
    });
    return () => void worker.terminate();
  }

  private async enter(): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((enter) => this.waiting.push(enter));
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}

function tooMuchMemory(): GatewayError {
  return new GatewayError('invalid_request', 'The document takes more memory to be read than it may');
}

function tooSlow(ms: number): GatewayError {
  return new GatewayError('invalid_request', `The document takes longer to be read than ${ms} ms`);
}

function unreadable(cause?: unknown): GatewayError {
  return new GatewayError('invalid_request', 'The document cannot be read', { cause });
}
