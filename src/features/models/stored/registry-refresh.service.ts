import { Injectable, Logger } from '@nestjs/common';
import { RefreshLoop } from '../../../platform/refresh/refresh-loop';
import { ModelTable } from '../model-table';
import { RegistryVersions } from './registry-versions.store';

/** Learns within a second what was set through another process. */
@Injectable()
export class RegistryRefresh extends RefreshLoop {
  constructor(table: ModelTable, versions: RegistryVersions) {
    super({
      what: 'aliases and models',
      log: new Logger('Models'),
      everyMs: 250,
      revision: () => versions.count(),
      learn: async () => table.learn(await versions.newest()),
    });
  }
}
