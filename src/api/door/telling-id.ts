import type { Entity } from '../../contract/entities';
import { ACTION_THRESHOLD, Scanner } from '../../features/sanitization';

/** What has a shape or check digits of its own. Of telephones, dates and the like any number may be one. */
const SURE: ReadonlySet<Entity> = new Set<Entity>(['BR_CPF', 'BR_CNPJ', 'US_SSN', 'CREDIT_CARD', 'IBAN', 'SECRET']);

const scanner = new Scanner({ entities: SURE });

/** Ids stand in the log, in plain and for good: whether one is the number of a person, an account or a card, or a key. */
export function tellsOfSomebody(id: string): boolean {
  return scanner.scan(id).some(({ confidence }) => confidence >= ACTION_THRESHOLD);
}
