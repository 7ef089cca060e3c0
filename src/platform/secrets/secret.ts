import { timingSafeEqual } from 'node:crypto';
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

  equals(other: string): boolean {
    const a = Buffer.from(this.#value);
    const b = Buffer.from(other);
    return a.length === b.length && timingSafeEqual(a, b);
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
