import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { GatewayError } from '../../contract/errors';
import { isUnavailable } from '../../platform/database/connection';
import { type RequestView, VIEW_SQL, viewOf, type ViewRow } from './request-view';

/** The table `llm_requests`: calls of releases before the audit log. It is read, and nothing is added. */
@Injectable()
export class EarlierRecords {
  constructor(private readonly database: DataSource) {}

  /** The newest call of that request id. @param tenantId undefined looks at every tenant. */
  async find(requestId: string, tenantId: string | undefined): Promise<RequestView | undefined> {
    const rows = await this.database
      .query<ViewRow[]>(VIEW_SQL, [requestId, tenantId ?? null])
      .catch((cause: unknown) => {
        if (!isUnavailable(cause)) throw cause;
        throw new GatewayError('storage_unavailable', 'The records cannot be read now', { retryAfter: 2, cause });
      });
    return rows[0] && viewOf(rows[0]);
  }
}
