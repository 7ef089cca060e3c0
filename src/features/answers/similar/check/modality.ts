import type { Language } from './languages';

export type Modality = 'may' | 'must' | 'should' | 'will';

const modalities = (lines: Partial<Record<Modality, string>>): ReadonlyMap<string, Modality> =>
  new Map(
    Object.entries(lines).flatMap(([modality, words]) =>
      words.split(' ').map((word): [string, Modality] => [word.replace('_', ' '), modality as Modality]),
    ),
  );
/** Single words, and pairs of words joined by `_`. */
const MODALITIES: Readonly<Record<Language, ReadonlyMap<string, Modality>>> = {
  en: modalities({
    may: 'can could may might',
    must: 'must have_to has_to had_to need_to needs_to',
    should: 'should shall ought',
    will: "will 'll",
  }),
  pt: modalities({
    may: 'posso pode podem podemos poderia poderiam consigo consegue',
    must: 'devo deve devem preciso precisa precisam tenho_que tenho_de tem_que tem_de temos_que',
    should: 'deveria deveriam devia',
  }),
  es: modalities({
    may: 'puedo puede pueden puedes podemos podría podrían',
    must: 'debo debe deben necesito necesita tengo_que tiene_que tienen_que hay_que',
    should: 'debería deberían',
  }),
};

/** What may, must, should or will be. @param words without courtesies */
export function modalitiesIn(words: readonly string[], language: Language | undefined): ReadonlySet<Modality> {
  if (!language) return new Set();
  const found = words.flatMap(
    (word, i) => MODALITIES[language].get(word) ?? MODALITIES[language].get(`${word} ${words[i + 1] ?? ''}`) ?? [],
  );
  return new Set(found);
}

/** Whether both say it, and not the same. Without a modal verb a question is open: "do you ship", "can you ship". */
export function areOtherModalities(a: ReadonlySet<Modality>, b: ReadonlySet<Modality>): boolean {
  return a.size > 0 && b.size > 0 && (a.size !== b.size || [...a].some((modality) => !b.has(modality)));
}
