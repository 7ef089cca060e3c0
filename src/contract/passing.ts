import type { Piece } from './reply';

/** Whoever stands beside an answer and sees its pieces go by. Only one of `ended`, `failed` and `left` is called, and once. */
export interface Bystander {
  /** The reader wants another piece. */
  asked?(): void;
  /** Before the piece is handed out. What this throws takes its place, and ends the answer. */
  piece(piece: Piece): Promise<void> | void;
  /** There are no more pieces. What this throws the reader gets. */
  ended?(): Promise<void> | void;
  /** It broke. @returns what the reader gets instead of the error */
  failed?(error: unknown): unknown;
  /** The reader goes away before the end, when nothing more is asked of the source. */
  left?(): Promise<void> | void;
}

/**
 * The same pieces, with somebody beside them. An answer passes a dozen of these: those who follow each other stand beside one
 * iterator, which costs a fraction of what one for each does. Each is told as if the one before were the source.
 */
export function passing(pieces: AsyncIterable<Piece>, by: Bystander): AsyncIterable<Piece> {
  if (pieces instanceof Passing && pieces.add(by)) return pieces;
  return new Passing(pieces[Symbol.asyncIterator](), by);
}

/** Other pieces in the place of each; nothing where nothing is left of one. What `change` throws ends the answer. */
export function changing(
  pieces: AsyncIterable<Piece>,
  change: (piece: Piece) => Piece | undefined,
): AsyncIterable<Piece> {
  return new Changing(pieces[Symbol.asyncIterator](), change);
}

class Passing implements AsyncIterableIterator<Piece> {
  /** The nearest to the source first. */
  private readonly bystanders: Bystander[];
  private begun = false;
  private over = false;
  /** How many of them know how it ended. */
  private told = 0;

  constructor(
    private readonly pieces: AsyncIterator<Piece>,
    by: Bystander,
  ) {
    this.bystanders = [by];
  }

  /** @returns whether it still can: nobody has begun to read */
  add(by: Bystander): boolean {
    if (this.begun) return false;
    this.bystanders.push(by);
    return true;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Piece>> {
    this.begun = true;
    if (this.over) return { done: true, value: undefined };
    const { bystanders } = this;
    for (let i = bystanders.length - 1; i >= 0; i--) bystanders[i]?.asked?.();
    let result: IteratorResult<Piece>;
    try {
      result = await this.pieces.next();
    } catch (error) {
      throw await this.broken(error);
    }
    for (let i = 0; i < bystanders.length; i++) {
      // the reader went away meanwhile
      if (this.over) return { done: true, value: undefined };
      try {
        const by = bystanders[i] as Bystander;
        const seen = result.done ? by.ended?.() : by.piece(result.value);
        if (seen) await seen;
      } catch (error) {
        throw await this.broken(error, i, !result.done);
      }
      if (result.done) this.told = i + 1;
    }
    if (result.done) this.over = true;
    return result;
  }

  async return(): Promise<IteratorResult<Piece>> {
    this.begun = true;
    if (!this.over) {
      this.over = true;
      await this.leave(this.told, this.bystanders.length, this.told === 0);
    }
    return { done: true, value: undefined };
  }

  /** It broke at that bystander, or at the source. @returns what the reader gets */
  private async broken(error: unknown, from = 0, unfinished = false): Promise<unknown> {
    let told = error;
    for (let i = from; i < this.bystanders.length && !this.over; i++) {
      this.told = i + 1;
      const by = this.bystanders[i] as Bystander;
      try {
        if (by.failed) told = await by.failed(told);
        // those before it had no part in that: for them the reader goes away
        if (unfinished && i === from) await this.leave(0, from, true);
      } catch (instead) {
        told = instead;
      }
    }
    this.over = true;
    return told;
  }

  /** Whatever one of them throws, all are told. */
  private async leave(from: number, to: number, close: boolean): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    const attempt = async (step: () => unknown): Promise<void> => {
      try {
        await step();
      } catch (error) {
        failure = { error };
      }
    };
    if (close) await attempt(() => this.pieces.return?.());
    for (let i = from; i < to; i++) await attempt(() => this.bystanders[i]?.left?.());
    if (failure) throw failure.error;
  }
}

class Changing implements AsyncIterableIterator<Piece> {
  private over = false;

  constructor(
    private readonly pieces: AsyncIterator<Piece>,
    private readonly change: (piece: Piece) => Piece | undefined,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Piece>> {
    while (!this.over) {
      const result = await this.pieces.next();
      if (result.done) this.over = true;
      else {
        const value = this.changed(result.value);
        if (value instanceof Promise) await value;
        else if (value) return { done: false, value };
      }
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Piece>> {
    this.over = true;
    await this.pieces.return?.();
    return { done: true, value: undefined };
  }

  private changed(piece: Piece): Piece | undefined | Promise<never> {
    try {
      return this.change(piece);
    } catch (error) {
      return this.ended(error);
    }
  }

  private async ended(error: unknown): Promise<never> {
    await this.return();
    throw error;
  }
}
