import { randomBytes } from 'node:crypto';
import { auditConnection } from '../../../../platform/database/audit-connection';
import type { LogName } from './log-name';

/**
 * The name of the log; the first process begins it.
 * @param wanted what an operator calls it
 * @throws when it is called something else already
 */
export async function openLog(url: string, wanted: string | undefined): Promise<LogName> {
  const client = await auditConnection(url, 'checkpointer', 'audit-open');
  try {
    const made = wanted ?? `gatehouse-${randomBytes(4).toString('hex')}/audit`;
    const { rows } = await client.query<LogName>('select origin, epoch from audit.open_log($1)', [made]);
    const name = rows[0] as LogName;
    if (wanted !== undefined && name.origin !== wanted)
      throw new Error(
        `audit.origin is ${wanted}, but the log in the database is called ${name.origin}: they must agree`,
      );
    return name;
  } finally {
    await client.end();
  }
}
