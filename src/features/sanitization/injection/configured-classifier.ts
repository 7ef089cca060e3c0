import type { Config } from '../../../platform/config/config';
import { CLASSIFIER_KEY } from '../../../platform/config/needed-secrets';
import type { InjectionDetector } from './detector';
import { HttpInjectionDetector } from './http-injection-detector';

/** The classifier that the settings name; undefined where they name none. Whoever makes it closes it. */
export function configuredClassifier({ sanitization, secrets }: Config): InjectionDetector | undefined {
  const { classifier } = sanitization;
  if (!classifier) return undefined;
  const { name, url, labels, timeoutMs, apiKey } = classifier;
  const key = apiKey ? secrets.get(CLASSIFIER_KEY) : undefined;
  return new HttpInjectionDetector({
    name,
    url,
    budgetMs: timeoutMs,
    ...(labels && { labels }),
    ...(key && { headers: () => ({ authorization: `Bearer ${key.current.reveal()}` }) }),
  });
}
