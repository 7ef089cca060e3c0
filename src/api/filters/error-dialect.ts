export type ErrorDialect = 'openai' | 'anthropic' | 'problem';

/** Routes of ours below /v1, which answer in neither vendor's words. */
const OURS = new Set([
  'analyze',
  'audit',
  'budgets',
  'cache',
  'configuration',
  'evals',
  'feedback',
  'flags',
  'incidents',
  'jobs',
  'keys',
  'policies',
  'promotions',
  'requests',
  'sanitize',
  'sessions',
  'status',
  'tenants',
  'usage',
  'webhooks',
]);

/** Beside the vendors' own route. */
const REGISTRY = /^\/v1\/models\/registry(\/|$)/;

/** Whose error shape a route answers in. Unknown routes below /v1 were meant for a vendor's API: SDKs expect theirs. */
export function errorDialectOf(path: string, anthropicVersion: boolean): ErrorDialect {
  if (/^\/v1\/messages(\/|$)/.test(path)) return 'anthropic';
  if (!path.startsWith('/v1/') || OURS.has(path.split('/')[2] ?? '') || REGISTRY.test(path)) return 'problem';
  return anthropicVersion && /^\/v1\/models(\/|$)/.test(path) ? 'anthropic' : 'openai';
}
