import type { PolicyScope } from './effective-policy';
import { tenantEntry } from './effective-policy';
import type { Policies } from './policies';

/** A part of `policies.yaml` that speaks about a call, and its place there. */
export interface Layer {
  readonly from: string;
  readonly says: { readonly [section: string]: object | undefined };
}

/** The parts that speak about a call of this model for this tenant, the weakest first. */
export function layersOf(policies: Policies, { provider, model, tenant }: Required<PolicyScope>): Layer[] {
  const entry = tenantEntry(policies, tenant);
  return [
    { from: 'defaults', says: policies.defaults },
    ...layer('providers', policies.providers, provider),
    ...layer('models', policies.models, `${provider}/${model}`),
    ...(entry === undefined ? [] : layer('tenants', policies.tenants, entry)),
  ];
}

/** Where the effective value of a field comes from: the last layer that names it. */
export function originOf(layers: readonly Layer[], section: string, field: string): string {
  const origin = layers.findLast(({ says }) => {
    const fields = says[section] as Readonly<Record<string, unknown>> | undefined;
    return fields?.[field] !== undefined;
  });
  return origin?.from ?? 'defaults';
}

function layer(kind: string, entries: Readonly<Record<string, Layer['says']>>, name: string): Layer[] {
  const says = Object.hasOwn(entries, name) ? entries[name] : undefined;
  return says ? [{ from: `${kind}.${name}`, says }] : [];
}
