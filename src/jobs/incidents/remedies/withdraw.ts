import { Remedy, type RemedyOrder, type RemedyOutcome } from '../../../features/incidents';
import type { ModelRegistry } from '../../../features/models';
import type { Withdrawal, WithdrawalSettings } from '../../../features/withdrawals';
import type { Config } from '../../../platform/config/config';
import { leavesEnough } from './leaves-enough';

/** A provider or a model is asked after all others, or not at all. */
export class Withdraw extends Remedy {
  /** @param place what the action means */
  constructor(
    override readonly action: 'fail_over' | 'disable_model',
    private readonly place: Withdrawal['place'],
    private readonly settings: WithdrawalSettings,
    private readonly config: Pick<Config, 'models' | 'providers'>,
    private readonly models: Pick<ModelRegistry, 'behind'>,
  ) {
    super();
  }

  override async apply({ target, incidentId: cause }: RemedyOrder): Promise<RemedyOutcome> {
    const { place } = this;
    const refusal = await this.settings.withdraw({ target, place, cause }, (withdrawn) =>
      leavesEnough(withdrawn, this.config, this.models),
    );
    return refusal ? { done: false, reason: refusal } : { done: true };
  }

  override async revert({ target, incidentId: cause }: RemedyOrder): Promise<RemedyOutcome> {
    await this.settings.putBack(target, cause);
    return { done: true };
  }
}
