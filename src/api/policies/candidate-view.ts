import type { Policy } from '../../platform/config/effective-policy';
import { type Layer, originOf } from '../../platform/config/policy-origins';
import type { CandidateView } from './effective-schema';

type Fields = CandidateView['policy']['timeout'];
type Bulkheads = CandidateView['bulkheads'];

/** The policy of one model, each field with its origin. */
export function policyView(policy: Policy, layers: readonly Layer[]): CandidateView['policy'] {
  const section = (name: Exclude<keyof Policy, 'bulkhead'>): Fields => fieldsOf(policy[name], name, layers);
  return {
    timeout: section('timeout'),
    retry: section('retry'),
    breaker: section('breaker'),
    keys: section('keys'),
    fallback: section('fallback'),
    cache: section('cache'),
    degradation: section('degradation'),
  };
}

/** In the order in which a call passes them. One that is not declared does not limit. */
export function bulkheadsView(
  { bulkhead }: Policy,
  layers: readonly Layer[],
  names: { readonly tenant: string; readonly model: string; readonly provider: string },
): Bulkheads {
  return (['tenant', 'model', 'provider'] as const).flatMap((scope) => {
    const limits = bulkhead[scope];
    // each is made of the defaults and its own entry, and of no other
    const own = layers.filter(({ from }) => from === 'defaults' || from.startsWith(`${scope}s.`));
    return limits ? [{ scope, name: names[scope], limits: fieldsOf(limits, 'bulkhead', own) }] : [];
  });
}

function fieldsOf(section: object, name: string, layers: readonly Layer[]): Fields {
  return Object.fromEntries(
    Object.entries(section).map(([field, value]) => [
      snakeCase(field),
      { value: value as unknown, from: originOf(layers, name, field) },
    ]),
  );
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
