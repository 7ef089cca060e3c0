import { entityOf } from './entity-names';

describe('entityOf', () => {
  it.each([
    ['PERSON', 'PERSON'],
    ['PER', 'PERSON'],
    ['LOCATION', 'LOCATION'],
    ['GPE', 'LOCATION'],
    ['ORGANIZATION', 'ORGANIZATION'],
    ['ORG', 'ORGANIZATION'],
    ['NRP', 'OTHER'],
    ['EMAIL_ADDRESS', 'EMAIL'],
    ['PHONE_NUMBER', 'PHONE'],
    ['CREDIT_CARD', 'CREDIT_CARD'],
    ['US_SSN', 'US_SSN'],
    ['US_ITIN', 'US_ITIN'],
    ['US_PASSPORT', 'US_PASSPORT'],
    ['US_DRIVER_LICENSE', 'OTHER'],
    ['IBAN_CODE', 'IBAN'],
    ['IP_ADDRESS', 'IP_ADDRESS'],
    ['MAC_ADDRESS', 'MAC_ADDRESS'],
    ['CRYPTO', 'CRYPTO_ADDRESS'],
    ['MEDICAL_LICENSE', 'OTHER'],
    ['CPF', 'BR_CPF'],
    ['BR_CNPJ', 'BR_CNPJ'],
    ['DATE_OF_BIRTH', 'DATE_OF_BIRTH'],
    ['SOMETHING_NEW', 'OTHER'],
    ['constructor', 'OTHER'],
    ['DATE_TIME', undefined],
    ['URL', undefined],
  ])('takes %s for %s', (name, entity) => expect(entityOf(name, undefined)).toBe(entity));

  it.each([
    ['DATE_TIME', 'OTHER'],
    ['URL', 'OTHER'],
    ['ORG', 'ORGANIZATION'],
    ['PERSON', undefined],
  ])('takes %s for %s when others than PERSON were asked for', (name, entity) =>
    expect(entityOf(name, new Set(['DATE_TIME', 'URL', 'ORG']))).toBe(entity),
  );
});
