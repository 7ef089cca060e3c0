import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigReload } from '../../platform/config/config-reload.service';
import { AuditLog, type PlainObject } from './audit-log';
import { configuration, policyHashes } from './policy-hashes';

/** Records what the process is configured with, at its start and before any of it changes; entries name it by its hashes. */
@Injectable()
export class ConfigRecords implements OnApplicationBootstrap {
  constructor(
    private readonly config: Config,
    private readonly log: AuditLog,
    reload: ConfigReload,
  ) {
    reload.recordWith((next, { trigger, changed, actor }) =>
      this.record(next, { trigger, changed: [...changed] }, actor),
    );
  }

  onApplicationBootstrap(): Promise<void> {
    return this.record(this.config, { trigger: 'start' });
  }

  private async record(parts: Parts, why: PlainObject, actor?: string): Promise<void> {
    const { production, audit } = this.config;
    await this.log.append({
      facts: {
        event: 'config.loaded',
        ...(actor !== undefined && { actor }),
        policy: policyHashes(this.config, parts),
        metadata: { node: process.version, production, mode: audit.mode, ...why },
      },
      payload: { configuration: configuration(this.config, parts) },
    });
  }
}

type Parts = Parameters<typeof configuration>[1];
