import { Client, Pool, type ClientBase } from 'pg';
import { connectionOptions } from './connection';
import { lasting, outlives } from './lasting-pool';

/** What the gateway may be inside the schema `audit`; each one may do its own work and nothing else. */
export const AUDIT_ROLES = ['writer', 'reader', 'checkpointer', 'retention'] as const;
export type AuditRole = (typeof AUDIT_ROLES)[number];

export const roleName = (role: AuditRole | 'owner'): string => `gatehouse_audit_${role}`;

/** The role of the connection cannot become the audit role: the database is not provisioned for it. */
export class AuditRoleError extends Error {}

/**
 * An open connection that acts as `role` from its first statement on, with the deadlines of every connection.
 * @throws AuditRoleError | what the server or the network said
 */
export async function auditConnection(url: string, role: AuditRole, name: string): Promise<Client> {
  const client = new Client(connectionOptions(url, name));
  outlives(client);
  try {
    await client.connect();
    await become(client, role);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/** Several such connections, made when they are needed. @param setup a statement that each begins with */
export function auditPool(url: string, role: AuditRole, name: string, max: number, setup?: string): Pool {
  const begin = async (client: ClientBase) => {
    await become(client, role);
    if (setup !== undefined) await client.query(setup);
  };
  // the pool waits for the promise, though its types do not say so
  const onConnect = (client: ClientBase) => begin(client) as unknown as void;
  return lasting(new Pool({ ...connectionOptions(url, name), max, onConnect }));
}

async function become(client: ClientBase, role: AuditRole): Promise<void> {
  await client.query(`set role ${roleName(role)}`).catch((error: unknown) => {
    const code = (error as { code?: unknown }).code;
    // no such role, or not a member of it
    if (code !== '22023' && code !== '42501') throw error;
    throw new AuditRoleError(
      `The database is not provisioned for the audit log: ${(error as Error).message}; run \`npm run audit:provision\``,
    );
  });
}
