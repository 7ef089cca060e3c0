import { GatewayError } from '../../../contract/errors';
import type { ParseLimits } from '../parsed-page';

/** Counts what a document turns out to hold. */
export class Tally {
  private characters = 0;

  constructor(private readonly limits: ParseLimits) {}

  /** @throws GatewayError `prompt_too_large` that names the limit */
  checkPages(pages: number): void {
    if (pages > this.limits.pages) throw tooLarge(`${pages} pages`, `${this.limits.pages}`);
  }

  /** @throws GatewayError likewise */
  add(characters: number): void {
    this.characters += characters;
    if (this.characters > this.limits.characters)
      throw tooLarge('too much text', `${this.limits.characters} characters`);
  }
}

export function tooLarge(what: string, limit: string): GatewayError {
  return new GatewayError('prompt_too_large', `The document has ${what}, and the limit is ${limit}`);
}
