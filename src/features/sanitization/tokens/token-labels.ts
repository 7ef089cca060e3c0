import { ENTITIES, type Entity } from '../../../contract/entities';

const LABELS: { readonly [E in Entity]?: string } = {
  CREDIT_CARD: 'CARD',
  IP_ADDRESS: 'IP',
  MAC_ADDRESS: 'MAC',
  US_PASSPORT: 'PASSPORT',
  BR_BANK_ACCOUNT: 'ACCOUNT',
  BR_PIX_KEY: 'PIX',
  DATE_OF_BIRTH: 'BIRTH',
  CRYPTO_ADDRESS: 'CRYPTO',
};

/** What a model sees of the kind of a value: `CPF` for `BR_CPF`. No two kinds share one. */
export const TOKEN_LABELS = Object.fromEntries(
  ENTITIES.map((entity) => [entity, LABELS[entity] ?? entity.replace(/^(BR|US)_/, '')]),
) as Readonly<Record<Entity, string>>;

const OURS: ReadonlySet<string> = new Set(Object.values(TOKEN_LABELS));

/** Whether tokens of some kind begin with this, in any case. */
export function isOurLabel(label: string): boolean {
  return OURS.has(label.toUpperCase());
}
