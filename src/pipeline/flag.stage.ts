import { Injectable } from '@nestjs/common';
import type { FlagDecisions, FlaggedCall, Handler, UniqueCall } from '../contract/call';
import type { Reply } from '../contract/reply';
import { Stage } from '../contract/stage';
import { FlagEvaluations, FlagTable } from '../features/flags';
import { ModelRegistry } from '../features/models';
import { GuardPolicies } from '../features/sanitization';
import { Config } from '../platform/config/config';
import { CallFlags, UNDECIDED } from './call-flags';
import { tenantOf } from './tenant-of';

/** Asks what feature flags decide about a call. Where none decides anything, nothing is asked. */
@Injectable()
export class FlagStage extends Stage<UniqueCall, FlaggedCall> {
  constructor(
    private readonly config: Config,
    private readonly flags: FlagTable,
    private readonly evaluations: FlagEvaluations,
    private readonly policies: GuardPolicies,
    private readonly models: ModelRegistry,
  ) {
    super();
  }

  override wrap(next: Handler<FlaggedCall>): Handler<UniqueCall> {
    return (call) => (this.flags.decides ? this.asked(call, next) : next({ ...call, flags: UNDECIDED }));
  }

  private async asked(call: UniqueCall, next: Handler<FlaggedCall>): Promise<Reply> {
    return next({ ...call, flags: await this.decided(call) });
  }

  private async decided(call: UniqueCall): Promise<FlagDecisions> {
    const decided = new CallFlags(call, {
      flags: this.flags,
      evaluations: this.evaluations,
      prompts: this.config.flags.prompts,
      guards: this.policies.of(tenantOf(call)).policy,
      models: this.models,
    });
    await decided.ask();
    return decided;
  }
}
