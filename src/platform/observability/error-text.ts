import { errorFacts } from './error-facts';

/** An error for a terminal: what led to it, and where it was made. Says no more than a line of the log would. */
export function errorText(thrown: unknown): string {
  const { name, message, causes = [], errors = [], stack } = errorFacts(thrown);
  return [
    `${name}: ${message}`,
    ...[...causes, ...errors].map((each) => `  because of ${each.name}: ${each.message}`),
    ...(stack ? [stack] : []),
  ].join('\n');
}
