import type { FileHead, Purpose, StoredFile } from './stored-file';

/** As PostgreSQL hands it over: bigint is text. */
export interface FileRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly key_id: string;
  readonly purpose: Purpose;
  readonly bytes: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly sealed: Buffer;
}

/** How many bytes there are says what is sealed, not the column. */
export function storedFile(row: FileRow, { name, bytes }: FileHead): StoredFile {
  const { id, tenant_id: tenantId, key_id: keyId, purpose, created_at: createdAt, expires_at: expiresAt } = row;
  return { id, tenantId, keyId, purpose, bytes, createdAt, expiresAt, name };
}
