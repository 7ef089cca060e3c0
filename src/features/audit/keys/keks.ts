import { timingSafeEqual } from 'node:crypto';
import type { KeyWrapper } from '../../../platform/secrets/key-wrapper';
import { inTime, keysUnavailable } from './keys-unavailable';

const DEADLINE_MS = 3_000;
const AT_ONCE = 16;
const PLACES = 2_000;

/** Something was wrapped by a key that this process does not have. */
export class OtherKeyError extends Error {}

/** The key-encryption keys: one in use, and those that older keys are still wrapped by. A few calls at a time, each with a deadline. */
export class Keks {
  private readonly known: ReadonlyMap<string, KeyWrapper>;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    readonly use: KeyWrapper,
    previous: readonly KeyWrapper[] = [],
  ) {
    this.known = new Map([...previous, use].map((wrapper) => [wrapper.id, wrapper]));
  }

  /**
   * What the key in use gives back again when it is asked: a copy that nobody tried to open may be the only one soon.
   * @throws GatewayError `audit_unavailable`
   */
  async wrap(key: Buffer, context: string): Promise<Buffer> {
    const wrapped = await this.ask(() => this.use.wrap(key, context));
    const back = await this.ask(() => this.use.unwrap(wrapped, context));
    const same = back.length === key.length && timingSafeEqual(back, key);
    back.fill(0);
    if (!same) throw keysUnavailable(new Error(`${this.use.id} does not give back what it wrapped`));
    return wrapped;
  }

  unwrap(wrapperId: string, wrapped: Buffer, context: string): Promise<Buffer> {
    const wrapper = this.known.get(wrapperId);
    if (!wrapper)
      return Promise.reject(
        keysUnavailable(new OtherKeyError(`wrapped by ${wrapperId}, which is neither in use nor a previous key here`)),
      );
    return this.ask(() => wrapper.unwrap(wrapped, context));
  }

  private async ask<T>(call: () => Promise<T>): Promise<T> {
    if (this.running < AT_ONCE) this.running++;
    else if (this.waiting.length < PLACES) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else throw new Error('too many keys wait for the key-encryption key');
    try {
      return await inTime(DEADLINE_MS, 'the key-encryption key', call());
    } catch (error) {
      throw keysUnavailable(error);
    } finally {
      // the place goes to who waits longest
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
