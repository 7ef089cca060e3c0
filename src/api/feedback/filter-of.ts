import type { FeedbackFilter } from '../../features/feedback';
import type { FeedbackQuery } from './feedback-schema';

/** @param tenant whose feedback the caller may see; undefined: everybody's */
export function filterOf(
  { model, alias, min_score, max_score, from, to }: Omit<FeedbackQuery, 'limit' | 'cursor' | 'tenant'>,
  tenant: string | undefined,
): FeedbackFilter {
  return { tenant, model, alias, minScore: min_score, maxScore: max_score, from: date(from), to: date(to) };
}

function date(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}
