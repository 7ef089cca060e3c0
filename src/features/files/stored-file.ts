export const PURPOSES = ['batch', 'user_data', 'batch_output'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface StoredFile {
  readonly id: string;
  readonly tenantId: string;
  readonly keyId: string;
  readonly purpose: Purpose;
  readonly bytes: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** As its owner calls it. It may be personal. */
  readonly name: string;
}

/** What is sealed of a file as a whole: pieces cannot be left out without anybody noticing. */
export interface FileHead {
  readonly name: string;
  readonly bytes: number;
  readonly pieces: number;
}

export interface FileOwner {
  readonly tenantId: string;
  readonly keyId: string;
}

export interface FileTerms {
  readonly purpose: Purpose;
  readonly name: string;
  /** The configured time when absent. */
  readonly keepSeconds?: number | undefined;
}
