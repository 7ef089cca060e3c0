import type { PlainObject } from './header';

export const BUNDLE_FORMAT = 'gatehouse-audit-bundle/v1';
export const MANIFEST_FORMAT = 'gatehouse-audit-manifest/v1';

/** Members of a bundle, in their order; those of `log/` come between `keys.json` and the manifest. */
export const MEMBER = {
  readme: 'README.txt',
  about: 'bundle.json',
  checkpoints: 'checkpoints.ndjson',
  writers: 'writers.ndjson',
  keys: 'keys.json',
  manifest: 'manifest.json',
  manifestNote: 'manifest.note',
} as const;

export const CHUNK_PARTS = ['runs.ndjson', 'headers.ndjson', 'payloads.bin'] as const;
export type ChunkPart = (typeof CHUNK_PARTS)[number];

export function chunkMember(chunk: number, part: ChunkPart): string {
  return `log/${`${chunk}`.padStart(6, '0')}/${part}`;
}

/** What a bundle says about itself. Nothing of it is evidence. */
export interface BundleAbout {
  /** The origin of the checkpoint that everything is proven against. */
  readonly log: string;
  /** How many entries that checkpoint covers. */
  readonly size: number;
  /** `all`: every entry but those that were dropped is shown. */
  readonly entries: 'all' | 'some';
  /** `all`: of every entry shown that has one. */
  readonly payloads: 'all' | 'some' | 'none';
  /** RFC 3339. */
  readonly made_at: string;
  /** Whatever else is worth knowing: the entry that tells of the export, its filters, for whom it is. */
  readonly about?: PlainObject;
}

/** An entry of a batch: shown, or only its leaf. */
export type BundleEntry =
  | { readonly header: string; readonly ciphertext?: Buffer | undefined }
  | { readonly header?: undefined; readonly leaf: Buffer };

export interface BatchRun {
  readonly kind: 'batch';
  readonly first: number;
  /** The origin that its writer signed for. */
  readonly origin: string;
  readonly writer: string;
  readonly lane: number;
  readonly previous?: Buffer | undefined;
  readonly signature: Buffer;
  /** RFC 3339, milliseconds. By the clock of the database: not evidence. */
  readonly committedAt: string;
  readonly entries: readonly BundleEntry[];
}

/** Entries that are not shown, as the complete subtrees that they make. */
export interface WithheldRun {
  readonly kind: 'withheld';
  readonly first: number;
  readonly subtrees: readonly { readonly level: number; readonly hash: Buffer }[];
}

export type Run = BatchRun | WithheldRun;

/** What admits a writer whose `writer.open` entry is not shown. */
export interface WriterAdmission {
  readonly origin: string;
  /** Raw public key. */
  readonly key: Buffer;
  readonly certificate: Buffer;
}
