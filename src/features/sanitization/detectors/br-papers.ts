import type { Entity } from '../../../contract/entities';
import { isCnh, isCns, isPis, isRenavam, isTitulo } from './check-digits';
import { beginsClean, digitsOf, isRepeated, matchEnd, type NumberDetector, standsAlone } from './number-detector';

interface Paper {
  readonly entity: Entity;
  readonly first: readonly number[];
  readonly shape: RegExp;
  readonly digits: number;
  /** A way of writing that only this paper has. */
  readonly official?: RegExp;
  readonly isValid: (digits: string) => boolean;
}

const PAPERS: readonly Paper[] = [
  {
    entity: 'BR_PIS',
    first: [3, 11],
    shape: /\d{3}[ .]?\d{5}[ .]?\d{2}[ .\-/]?\d(?![0-9A-Za-z]|[.\-/]\d)/y,
    digits: 11,
    official: /^\d{3}\.\d{5}\.\d{2}-\d$/,
    isValid: isPis,
  },
  {
    entity: 'BR_CNH',
    first: [11, 3, 9],
    shape: /\d{3}[ .]?\d{3}[ .]?\d{3}[ .-]?\d{2}(?![0-9A-Za-z]|[.\-/]\d)/y,
    digits: 11,
    isValid: isCnh,
  },
  {
    entity: 'BR_RENAVAM',
    first: [4, 9, 10, 11],
    shape: /\d{4}[ .]?\d{5,6}-?\d(?![0-9A-Za-z]|[.\-/]\d)/y,
    digits: 11,
    isValid: isRenavam,
  },
  {
    entity: 'BR_TITULO',
    first: [4, 12],
    shape: /\d{4}[ .]?\d{4}[ ./]?\d{4}(?![0-9A-Za-z]|[ .\-/]\d)/y,
    digits: 12,
    isValid: isTitulo,
  },
  {
    entity: 'BR_CNS',
    first: [3, 15],
    shape: /\d{3}[ .]?\d{4}[ .]?\d{4}[ .]?\d{4}(?![0-9A-Za-z]|[.\-/]\d)/y,
    digits: 15,
    isValid: isCns,
  },
];

/** Brazilian papers whose check digits are too weak to be believed unless a word announces them. */
export const brPapers: readonly NumberDetector[] = PAPERS.map(
  ({ entity, first, shape, digits: length, official, isValid }) => ({
    first,
    detect(page, start) {
      const end = matchEnd(shape, page.text, start);
      if (!end || !beginsClean(page.text, start)) return;
      const written = page.text.slice(start, end);
      const digits = digitsOf(written).padStart(length, '0');
      if (digits.length !== length || isRepeated(digits) || !isValid(digits)) return;
      if (official?.test(written)) return page.weigh(entity, start, end, { shape: 0.85, announced: 0.95 }, true);
      if (standsAlone(page.text, start, end))
        page.weigh(entity, start, end, { shape: 0.4, announced: 0.9 }, true, true);
    },
  }),
);
