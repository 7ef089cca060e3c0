import type { Page } from '../page';
import { brBankAccount, brCep, brPlaca, brRg } from './br-local';
import { brCnpj, detectAlphanumericCnpj } from './br-cnpj';
import { brCpf } from './br-cpf';
import { brBoleto, brProcesso } from './br-long';
import { brPapers } from './br-papers';
import { creditCard } from './credit-card';
import { detectCryptoAddresses } from './crypto-address';
import { dateOfBirth, detectEnglishDates } from './date-of-birth';
import { detectEmails } from './email';
import { iban } from './iban';
import { detectIpV6, detectMac, ipV4 } from './network-address';
import type { NumberDetector } from './number-detector';
import { detectPixKeys } from './pix-key';
import { detectSecrets } from './secret';
import { usEin, usPassport, usSsn } from './us-numbers';

const NUMBER_DETECTORS: readonly NumberDetector[] = [
  brCpf,
  brCnpj,
  ...brPapers,
  brRg,
  brCep,
  brPlaca,
  brBankAccount,
  brProcesso,
  brBoleto,
  creditCard,
  usSsn,
  usEin,
  usPassport,
  iban,
  ipV4,
  dateOfBirth,
];
const LONGEST = 64;
/** Which detectors look at a group of so many digits. */
const byLength = Array.from({ length: LONGEST + 1 }, (_, length) =>
  NUMBER_DETECTORS.filter(({ first }) => first.includes(length)),
);

const GROUP = /\d+/g;

/** Runs every detector but the one of telephones. @returns where each group of digits begins */
export function detectIdentifiers(page: Page): readonly number[] {
  const { text } = page;
  const groups: number[] = [];
  for (const { 0: digits, index } of text.matchAll(GROUP)) {
    if (digits.length > LONGEST) continue;
    groups.push(index);
    for (const detector of byLength[digits.length]) detector.detect(page, index, digits.length);
  }
  if (groups.length) {
    detectAlphanumericCnpj(page);
    detectEnglishDates(page);
    detectPixKeys(page);
    detectMac(page);
    detectIpV6(page);
    detectCryptoAddresses(page);
  }
  detectEmails(page);
  detectSecrets(page);
  return groups;
}
