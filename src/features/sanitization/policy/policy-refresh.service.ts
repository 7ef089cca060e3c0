import { Injectable, Logger } from '@nestjs/common';
import { RefreshLoop } from '../../../platform/refresh/refresh-loop';
import { GuardPolicies } from './guard-policies';
import { GuardPolicyVersions } from './guard-policies.store';

/** Learns within a second what was set through another process. */
@Injectable()
export class PolicyRefresh extends RefreshLoop {
  constructor(policies: GuardPolicies, versions: GuardPolicyVersions) {
    super({
      what: 'policies',
      log: new Logger('Guards'),
      everyMs: 500,
      revision: () => versions.count(),
      learn: async () => policies.learn(await versions.newest()),
    });
  }
}
