import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

/** A value that cannot be printed by accident: every way of turning it into text gives `[secret]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The one way to the value. Hand it to the consumer at the moment of use; never store the result. */
  reveal(): string {
    return this.#value;
  }

  /** Takes as long whatever differs, the length included. */
  equals(other: string | Secret): boolean {
    return timingSafeEqual(digest(this.#value), digest(typeof other === 'string' ? other : other.#value));
  }

  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  [inspect.custom](): string {
    return '[secret]';
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
