import { hash } from 'node:crypto';

/**
 * Shorter texts are read anew: that is quick, they would push longer ones out of what is remembered, and what is short enough to be
 * guessed is better not kept, not even as a digest.
 */
const SHORT = 64;

/** A text, and what it is recognised by: made once, however many ask. */
export class Passage {
  private made: string | undefined;

  constructor(readonly text: string) {}

  /** SHA-256: nobody can write another text that is taken for this one. Absent for a short text. */
  get digest(): string | undefined {
    if (this.text.length < SHORT) return undefined;
    return (this.made ??= hash('sha256', this.text, 'base64'));
  }

  /** The same for the same text and for no other: the digest, or the short text itself. */
  get identity(): string {
    const { digest } = this;
    return digest === undefined ? `=${this.text}` : `#${digest}`;
  }
}
