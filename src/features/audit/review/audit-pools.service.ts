import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Client, Pool } from 'pg';
import { Config } from '../../../platform/config/config';
import { auditConnection, auditPool } from '../../../platform/database/audit-connection';

const READERS = 4;

/** Connections of reviewers to the log: they can read, and ask for a month to be dropped. */
@Injectable()
export class AuditPools implements OnApplicationShutdown {
  readonly reader: Pool;
  private readonly url: string;

  constructor({ databaseUrl }: Config) {
    this.url = databaseUrl.reveal();
    this.reader = auditPool(this.url, 'reader', 'audit-review', READERS);
  }

  retention(): Promise<Client> {
    return auditConnection(this.url, 'retention', 'audit-retention');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.reader.end();
  }
}
