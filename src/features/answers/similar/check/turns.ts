import type { Language } from './languages';

const ROLES = ['speaker', 'hearer', 'he', 'she', 'they'] as const;
type Role = (typeof ROLES)[number];

const roles = (...words: readonly string[]): ReadonlyMap<string, Role> =>
  new Map(words.flatMap((line, i) => line.split(' ').map((word): [string, Role] => [word, ROLES[i] as Role])));
const PRONOUNS: Readonly<Record<Language, ReadonlyMap<string, Role>>> = {
  en: roles('i me my mine we us our ours', 'you your yours', 'he him his', 'she her hers', 'they them their theirs'),
  pt: roles('eu me mim meu minha meus minhas nós comigo', 'você vocês tu te ti contigo', 'ele', 'ela', 'eles elas'),
  es: roles('yo me mí mi mis nosotros conmigo', 'tú tu tus te ti usted ustedes contigo', 'él', 'ella', 'ellos ellas'),
};
/** Can you tell me, could you please show us: who speaks to whom, and nothing of what is asked. */
const COURTESY = /\b(?:can|could|will|would) you (?:please )?(?:tell|show|give|help|explain to|let) (?:me|us)\b/g;

/** In which order persons appear: how much do I owe you, how much do you owe me. Each once. */
export function turnsOf(words: readonly string[], language: Language | undefined): readonly Role[] {
  if (!language) return [];
  const bare = words.join(' ').replace(COURTESY, ' ').split(' ');
  const turns = bare.map((word) => PRONOUNS[language].get(word.replace(/'.*$/u, '')));
  return [...new Set(turns.filter((role) => role !== undefined))];
}

/** Whether two persons that both speak of are the other way round. */
export function areTurned(a: readonly Role[], b: readonly Role[]): boolean {
  const [one, other] = [a.filter((role) => b.includes(role)), b.filter((role) => a.includes(role))];
  return one.some((role, i) => role !== other[i]);
}
