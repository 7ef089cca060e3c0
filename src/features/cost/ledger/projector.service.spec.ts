import type { PriceBook } from '../prices/price-book';
import { uuidv7 } from '../../../contract/ids';
import { CallSource } from './call-source';
import type { Ledger, Stretch } from './ledger.store';
import { Projector } from './projector.service';

const PRICES = { version: 'v1', cost: () => 1n };
const turn = () => new Promise((done) => setImmediate(done));

class Log extends CallSource {
  readonly headers: object[] = [];
  sizes = 0;
  /** Resolves when it may be read. */
  open: Promise<void> = Promise.resolve();

  add(n = 1): void {
    for (let i = 0; i < n; i++) {
      const ts = new Date().toISOString();
      this.headers.push({ event: 'llm.response', ts, entry_id: uuidv7(), tenant: uuidv7(), outcome: 'answered' });
    }
  }
  override async *entriesFrom(index: number, to: number) {
    await this.open;
    for (const [i, header] of this.headers.slice(index, to).entries()) yield { index: index + i, header };
  }
  override size() {
    this.sizes++;
    return Promise.resolve(this.headers.length);
  }
  override headerOf() {
    return Promise.resolve(undefined);
  }
  override firstCandidate() {
    return undefined;
  }
}

/** As far as the projector knows it. */
class Book {
  reached = 0;
  readonly calls: string[] = [];
  /** Somebody else was here first. */
  ahead = 0;
  busy = false;
  failing = false;

  cursor() {
    return Promise.resolve(this.reached);
  }
  project({ from, next, rows }: Stretch, wait: boolean) {
    if (this.failing) return Promise.reject(new Error('away'));
    if (this.busy && !wait) return Promise.resolve(undefined);
    if (from > this.reached) throw new Error('gap');
    const end = Math.max(this.reached, this.ahead);
    this.reached = Math.max(next, end);
    for (const { index, callId } of rows) if (index >= end) this.calls.push(callId);
    return Promise.resolve(this.reached);
  }
}

describe('the projector', () => {
  let log: Log;
  let book: Book;
  let projector: Projector;
  beforeEach(() => {
    log = new Log();
    book = new Book();
    projector = new Projector(book as unknown as Ledger, log, PRICES as unknown as PriceBook);
  });
  afterEach(async () => {
    await projector.onApplicationShutdown();
    jest.useRealTimers();
  });

  it('has everything in the ledger that was durable when somebody asked, each once', async () => {
    log.add(5_000);
    await projector.catchUp();
    log.add(3);
    await projector.catchUp();
    expect([book.reached, new Set(book.calls).size, book.calls.length]).toEqual([5_003, 5_003, 5_003]);
  });

  it('does it once for all who asked meanwhile', async () => {
    let go!: () => void;
    log.open = new Promise((resolve) => (go = resolve));
    log.add();
    const first = projector.catchUp();
    await turn();
    log.add();
    const late = Array.from({ length: 50 }, () => projector.catchUp());
    go();
    await Promise.all([first, ...late]);
    expect([log.sizes, book.reached]).toEqual([2, 2]);
  });

  it('goes on from where somebody else has come to', async () => {
    log.add(6_000);
    book.ahead = 3_000;
    await projector.catchUp();
    expect([book.reached, book.calls.length, new Set(book.calls).size]).toEqual([6_000, 3_000, 3_000]);
  });

  it('keeps no reader waiting for a ledger that is far behind, and goes on', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    let go!: () => void;
    log.open = new Promise((resolve) => (go = resolve));
    log.add();
    const refused = projector.catchUp().catch((error: unknown) => error);
    await turn();
    jest.advanceTimersByTime(10_000);
    expect(await refused).toMatchObject({ code: 'storage_unavailable', retryAfter: 5 });
    go();
    await turn();
    await turn();
    expect(book.reached).toBe(1);
  });

  it('tells whoever asks why it cannot, and works again when it can', async () => {
    log.add();
    book.failing = true;
    await expect(projector.catchUp()).rejects.toThrow('away');
    book.failing = false;
    await projector.catchUp();
    expect(book.reached).toBe(1);
  });

  it('works all the time by itself, unless another process does', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const settle = async () => {
      for (let i = 0; i < 5; i++) await turn();
    };
    projector.onApplicationBootstrap();
    log.add();
    book.busy = true;
    jest.advanceTimersByTime(1_000);
    await settle();
    expect(book.reached).toBe(0);
    book.busy = false;
    jest.advanceTimersByTime(1_000);
    await settle();
    expect(book.reached).toBe(1);
    book.failing = true;
    log.add();
    jest.advanceTimersByTime(1_000);
    await settle();
    book.failing = false;
    jest.advanceTimersByTime(1_000);
    await settle();
    expect(book.reached).toBe(2);
  });
});
