import { Remedy, type RemedyOrder, type RemedyOutcome } from '../../../features/incidents';
import type { ApiKeys } from '../../../features/tenancy';

/** An API key is not accepted, in any process. */
export class DisableKey extends Remedy {
  override readonly action = 'disable_key';

  constructor(private readonly keys: Pick<ApiKeys, 'suspend' | 'letIn'>) {
    super();
  }

  override async apply({ target, incidentId }: RemedyOrder): Promise<RemedyOutcome> {
    const refusal = await this.keys.suspend(target, incidentId);
    return refusal ? { done: false, reason: refusal } : { done: true };
  }

  override async revert({ target, incidentId }: RemedyOrder): Promise<RemedyOutcome> {
    await this.keys.letIn(target, incidentId);
    return { done: true };
  }
}
