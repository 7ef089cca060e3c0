/** The passes of a review: each looks for something else, and each may ask another model. */
export const PASSES = ['style', 'logic', 'security'] as const;
export type Pass = (typeof PASSES)[number];

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** At or above this a review fails; `never` is for those who only want to read it. */
export const FAIL_ON = [...SEVERITIES, 'never'] as const;
export type FailOn = (typeof FAIL_ON)[number];

export const CATEGORIES = [
  'naming',
  'readability',
  'documentation',
  'dead-code',
  'duplication',
  'correctness',
  'error-handling',
  'concurrency',
  'performance',
  'resource-leak',
  'api',
  'testing',
  'injection',
  'authentication',
  'authorization',
  'secrets',
  'cryptography',
  'data-exposure',
  'input-validation',
  'dependency',
  'configuration',
  'other',
] as const;
export type Category = (typeof CATEGORIES)[number];

export interface PassTask {
  readonly looksFor: string;
  readonly severities: readonly Severity[];
}

export const PASS_TASKS: { readonly [P in Pass]: PassTask } = {
  style: {
    looksFor:
      'You look only for what makes the changed code hard to read or keep: misleading names, code that is dead or there twice, comments that are ' +
      'wrong, needless complexity. Leave out matters of taste and what a formatter does.',
    severities: ['low', 'info'],
  },
  logic: {
    looksFor:
      'You look only for errors that make the changed code do the wrong thing: wrong conditions and bounds, cases that are forgotten, errors ' +
      'that are swallowed, races, leaks of resources, calls that cannot work, promises of an interface that are broken.',
    severities: SEVERITIES,
  },
  security: {
    looksFor:
      'You look only for weaknesses that somebody could use: injection, missing checks of who may do what, secrets in code, weak or misused ' +
      'cryptography, input that is trusted, data shown to the wrong people, unsafe defaults. Say how it could be used.',
    severities: SEVERITIES,
  },
};

export const isAtLeast = (severity: Severity, least: Severity): boolean =>
  SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
