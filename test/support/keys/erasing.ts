import { createSecretKey } from 'node:crypto';
import type { AuditKeys } from '../../../src/features/audit/keys/audit-keys';
import { ShredGuards } from '../../../src/features/audit/keys/shredder';
import { unwrapBytes, wrapBytes } from '../../../src/platform/secrets/wrapped-bytes';

export const NOW = Date.UTC(2026, 10, 28);
export const MONTHS = [Date.UTC(2026, 8, 3), Date.UTC(2026, 9, 3), NOW];
export const tenant = '01890000-0000-7000-8000-000000000001';
export const neighbour = '01890000-0000-7000-8000-000000000002';
export const OFFICERS = ['key-a', 'key-b'];
export const BASIS = 'LGPD art. 18 VI';

/** What an erasure asks before it goes on, answered by the test. */
export class Guards extends ShredGuards {
  held: string[] = [];
  readonly waitedFor: number[] = [];
  wait: () => Promise<void> = () => Promise.resolve();
  override holds() {
    return Promise.resolve(this.held);
  }
  override covered(index: number) {
    this.waitedFor.push(index);
    return this.wait();
  }
}

/** As rows of the log are kept: the key's id, and what it encrypts. */
export interface Row {
  readonly who: string;
  readonly keyId: string;
  readonly ciphertext: Buffer;
}

export async function write(
  of: AuditKeys,
  tenantId: string | undefined,
  subject: string | undefined,
  who: string,
  at = NOW,
): Promise<Row> {
  const { id, key } = await of.dataKeys.current(tenantId, subject, at);
  return { who, keyId: id, ciphertext: wrapBytes(createSecretKey(key), Buffer.from(who), id) };
}

/** undefined when the key was destroyed. */
export async function read(of: AuditKeys, { keyId, ciphertext }: Row): Promise<string | undefined> {
  const found = await of.dataKeys.find(keyId);
  return found && unwrapBytes(createSecretKey(found.key), ciphertext, keyId).toString();
}

/** Entries of some people in some months, and of nobody in particular. */
export async function history(of: AuditKeys): Promise<Row[]> {
  const rows: Row[] = [];
  for (const at of MONTHS) {
    for (const [whose, who] of [
      [tenant, 'ann'],
      [tenant, 'bob'],
      [neighbour, 'ann'],
    ] as const)
      rows.push(await write(of, whose, await of.subjects.reference(whose, who), `${whose} ${who}`, at));
    rows.push(await write(of, tenant, undefined, `${tenant} nobody`, at));
    rows.push(await write(of, undefined, undefined, 'the installation', at));
  }
  return rows;
}

/** Whose entries can be read. */
export async function readable(of: AuditKeys, rows: readonly Row[]): Promise<Set<string>> {
  const texts = await Promise.all(rows.map(async (row) => ((await read(of, row)) === row.who ? row.who : undefined)));
  return new Set(texts.filter((text) => text !== undefined));
}
