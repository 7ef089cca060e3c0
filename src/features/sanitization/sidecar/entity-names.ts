import { ENTITIES, type Entity } from '../../../contract/entities';

/** What Presidio and common models of names call what we know under another name. */
const NAMES: Readonly<Record<string, Entity>> = {
  PER: 'PERSON',
  LOC: 'LOCATION',
  GPE: 'LOCATION',
  FAC: 'LOCATION',
  ADDRESS: 'LOCATION',
  STREET_ADDRESS: 'LOCATION',
  ORG: 'ORGANIZATION',
  ORGANISATION: 'ORGANIZATION',
  EMAIL_ADDRESS: 'EMAIL',
  PHONE_NUMBER: 'PHONE',
  IBAN_CODE: 'IBAN',
  CRYPTO: 'CRYPTO_ADDRESS',
  CPF: 'BR_CPF',
  CNPJ: 'BR_CNPJ',
};

/** Found in nearly every text and seldom personal: of interest only to an operator who asks for them. */
const ONLY_WHEN_ASKED: ReadonlySet<string> = new Set(['DATE_TIME', 'DATE', 'TIME', 'URL', 'DOMAIN_NAME']);

const OURS: ReadonlySet<string> = new Set(ENTITIES);

/**
 * Our name for what a sidecar found; `OTHER` for what we have no name for, a nationality or a medical licence.
 * @param asked the names that the operator asks for; undefined for all that the sidecar knows
 * @returns undefined for what nobody asked for
 */
export function entityOf(name: string, asked: ReadonlySet<string> | undefined): Entity | undefined {
  if (asked ? !asked.has(name) : ONLY_WHEN_ASKED.has(name)) return undefined;
  const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  return known ?? (OURS.has(name) ? (name as Entity) : 'OTHER');
}
