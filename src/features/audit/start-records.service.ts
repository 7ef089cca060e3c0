import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { AuditLog } from './audit-log';
import { configuration, policyHashes } from './policy-hashes';

/** Records what every process was configured with; entries name it by its hashes. */
@Injectable()
export class StartRecords implements OnApplicationBootstrap {
  constructor(
    private readonly config: Config,
    private readonly log: AuditLog,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.log.append({
      facts: {
        event: 'config.loaded',
        policy: policyHashes(this.config),
        metadata: { node: process.version, production: this.config.production, mode: this.config.audit.mode },
      },
      payload: { configuration: configuration(this.config) },
    });
  }
}
