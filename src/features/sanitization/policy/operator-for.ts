import type { Entity } from '../../../contract/entities';
import type { Operator, PersonalDataPolicy } from '../../../platform/config/guards';

export interface Destination {
  /** The provider's name. */
  readonly provider: string;
  readonly place: 'external' | 'local';
}

/** What is done about this kind of data towards a provider: what is said of the kind is stronger, and of the provider by name. */
export function operatorFor(policy: PersonalDataPolicy, entity: Entity, { provider, place }: Destination): Operator {
  const said = policy.entities[entity];
  if (typeof said === 'string') return said;
  return said?.providers?.[provider] ?? said?.[place] ?? policy.providers[provider] ?? policy[place];
}
