/** A paragraph, a heading, a row of a table, an item of a list. */
export interface Block {
  readonly text: string;
  /** 1 to 6, where it is a heading. */
  readonly heading?: number;
}

export interface ParsedPage {
  /** From 1. */
  readonly number: number;
  readonly blocks: readonly Block[];
}

/** `real`: the pages that the document itself has; `estimated`: it has none, and about 3,000 characters are taken for one. */
export type PageKind = 'real' | 'estimated';

export interface DocumentHead {
  readonly pages: number;
  readonly pageKind: PageKind;
  readonly title?: string;
}

export interface ParseLimits {
  readonly pages: number;
  /** UTF-16 units of all text. */
  readonly characters: number;
  /** What an archive may become. */
  readonly unpackedBytes: number;
}

/** What a parser gives, in this order: the head, then each page. */
export type Parsed =
  { readonly type: 'head'; readonly head: DocumentHead } | { readonly type: 'page'; readonly page: ParsedPage };

/** @throws GatewayError `invalid_request`, `prompt_too_large` */
export type Parse = (bytes: Uint8Array, limits: ParseLimits) => AsyncIterable<Parsed>;

export const textOfPage = ({ blocks }: ParsedPage): string => blocks.map(({ text }) => text).join('\n');
