import { DetectorUnavailable, type InjectionDetector, windowsOf } from './detector';

/** What a classifier says of the texts of one call. */
export interface Classified {
  /** Of the worst that it read; 0 where it read nothing. */
  readonly score: number;
  /** Why it did not read everything: it did not answer, or it would have been too much. */
  readonly missed?: 'unavailable' | 'truncated';
}

/**
 * Asks a classifier about the texts of a call.
 * @param texts the most important ones first: the last are left out when there is too much
 * @returns undefined when there is nothing to ask about
 * @throws the reason of `signal` once it is aborted
 */
export async function classified(
  classifier: InjectionDetector,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<Classified | undefined> {
  const { windows, complete } = windowsOf(texts);
  if (!windows.length) return undefined;
  try {
    const { score } = await classifier.classify(windows, signal);
    return complete ? { score } : { score, missed: 'truncated' };
  } catch (error) {
    if (!(error instanceof DetectorUnavailable)) throw error;
    return { score: 0, missed: 'unavailable' };
  }
}
