/** A part of a document that fits into one question. */
export interface Chunk {
  /** From 0. */
  readonly index: number;
  /** Under which headings it begins, outermost first. */
  readonly section: readonly string[];
  /** Its text, by page, in order; never empty. A page may begin in one chunk and end in the next. */
  readonly pages: readonly ChunkPage[];
  /** Estimated. */
  readonly tokens: number;
  /** So many pages of text it holds; of a page that is in several chunks a part. */
  readonly share: number;
}

export interface ChunkPage {
  readonly number: number;
  readonly text: string;
}

export const firstPage = ({ pages }: Chunk): number => pages[0]?.number ?? 0;
export const lastPage = ({ pages }: Chunk): number => pages.at(-1)?.number ?? 0;
