import { PERSONAL } from './personal-bodies';

const [CPF] = PERSONAL;
const CLAUSES = [0, 1, 2, 3, 4, 5];

/** The text of a page of a made-up lease; on the third is what must not leave. */
export function leasePage(page: number): string {
  const clauses = CLAUSES.map(
    (i) => `Clause ${page}.${i} binds the party named under ${page * 100 + i} to a fee of ${page + i} euros a month.`,
  );
  return clauses.join(' ') + (page === 3 ? ` Its tax number is ${CPF}.` : '');
}

/** A text without the lines it is set in. */
export const unbroken = (text: string): string => text.replaceAll(/\s+/g, ' ');
