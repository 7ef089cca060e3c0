import { Injectable } from '@nestjs/common';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { isUuid } from '../../contract/ids';
import { tenantAsked } from '../../features/audit';
import { type JobFacts, type JobFilter, JobReader } from '../../features/jobs';
import type { JobQuery } from './job-schema';

/** Which jobs a caller may see: a client those of its key, an operator those of its tenant, one of the root tenant every one. */
@Injectable()
export class OwnJobs {
  constructor(private readonly reader: JobReader) {}

  /** @throws GatewayError `not_found` also when it is somebody else's */
  async find(caller: Caller, id: string): Promise<JobFacts> {
    const job = isUuid(id) ? await this.reader.find(id) : undefined;
    if (job && maySee(caller, job)) return job;
    throw new GatewayError('not_found', 'There is no such job');
  }

  /** @returns one more than asked for when there is another page */
  async list(caller: Caller, query: JobQuery): Promise<readonly JobFacts[]> {
    const { status, type, since, until } = query;
    const filter: JobFilter = {
      ...whose(caller, query),
      status,
      type,
      since: since === undefined ? undefined : new Date(since),
      until: until === undefined ? undefined : new Date(until),
    };
    return this.reader.list(filter, query.cursor, query.limit + 1);
  }
}

export function isOperator({ roles }: Caller): boolean {
  return roles.has('operator') || roles.has('admin');
}

function maySee(caller: Caller, { tenantId, keyId }: JobFacts): boolean {
  if (keyId === caller.keyId) return true;
  return isOperator(caller) && (caller.root || tenantId === caller.tenantId);
}

function whose(caller: Caller, { tenant, key }: JobQuery): JobFilter {
  const { tenantId, keyId } = caller;
  if (!isOperator(caller)) return { tenantId, keyId };
  return { tenantId: tenantAsked(caller, tenant), keyId: key };
}
