import type { CallFinished } from '../../contract/events';
import type { ErrorCode } from '../../contract/errors';
import type { Picos } from '../../contract/money';
import { type ImpactShare, isFault } from '../../features/incidents';
import type { PriceBook } from '../../features/cost';

/** A call with which something went wrong. */
export interface TroubledCall {
  /** When it ended, in milliseconds. */
  readonly at: number;
  readonly tenantId: string;
  readonly keyId: string;
  readonly code: ErrorCode | undefined;
  /** It failed for its caller; else it was answered. */
  readonly failed: boolean;
  /** Who was asked last. */
  readonly provider: string | undefined;
  /** Whose model was to answer. */
  readonly preferred: string | undefined;
  /** How often each provider was asked and failed. */
  readonly tries: ReadonlyMap<string, number>;
  /** What it cost. */
  readonly cost: Picos | undefined;
  /** What it would have cost with the model that was to answer. */
  readonly usual: Picos | undefined;
}

/** @returns undefined where all went as it should, or the caller is to blame */
export function troubledCall(
  call: CallFinished,
  prices: Pick<PriceBook, 'cost'>,
  at: number,
): TroubledCall | undefined {
  const { tenantId, keyId, code, outcome, provider, providerModel, preferred, usage, tried = [] } = call;
  const failed = outcome === 'failed';
  if (!failed && outcome !== 'answered') return undefined;
  const tries = new Map<string, number>();
  for (const { provider: asked, code: why } of tried) if (isFault(why)) tries.set(asked, (tries.get(asked) ?? 0) + 1);
  const stoodIn = preferred !== undefined && (preferred.provider !== provider || preferred.model !== providerModel);
  if (!failed && !tries.size && !stoodIn) return undefined;
  const usual = preferred && usage ? prices.cost(`${preferred.provider}/${preferred.model}`, usage, at) : undefined;
  return { at, tenantId, keyId, code, failed, provider, preferred: preferred?.provider, tries, cost: call.cost, usual };
}

/** What the call adds to the impact of an incident about `subject`; undefined where it has nothing to do with it. */
export function effectOn(subject: string, call: TroubledCall): Omit<ImpactShare, 'tenants'> | undefined {
  const [scope = '', name] = subject.split(/:(.*)/s);
  if (scope === 'provider') return effectOnProvider(name ?? '', call);
  if (!call.failed || !isConcerned(scope, name, call)) return undefined;
  return { failed: 1, helped: 0, tries: 0, ...spent(call) };
}

function effectOnProvider(provider: string, call: TroubledCall): Omit<ImpactShare, 'tenants'> | undefined {
  const tries = call.tries.get(provider) ?? 0;
  const meant = call.preferred === provider;
  if (call.failed) {
    // a breaker that is open fails calls without asking
    if (!tries && !(meant && call.code === 'circuit_open')) return undefined;
    return { failed: 1, helped: 0, tries, ...spent(call) };
  }
  const helped = call.provider !== provider && (meant || tries > 0) ? 1 : 0;
  if (!helped) return tries ? { failed: 0, helped, tries, unpriced: 0, cost: 0n } : undefined;
  if (!meant) return { failed: 0, helped, tries, unpriced: 0, cost: 0n };
  const known = call.cost !== undefined && call.usual !== undefined;
  return { failed: 0, helped, tries, unpriced: known ? 0 : 1, cost: known ? call.cost - call.usual : 0n };
}

function isConcerned(scope: string, name: string | undefined, { tenantId, keyId, code }: TroubledCall): boolean {
  switch (scope) {
    case 'tenant':
      return tenantId === name;
    case 'key':
      return keyId === name;
    case 'audit':
      return code === 'audit_unavailable';
    case 'dependency':
      return code === 'storage_unavailable' || code === 'audit_unavailable';
    case 'gateway':
      return true;
    default:
      return false;
  }
}

/** A call that was not worked on cost nothing. */
function spent({ cost, tries }: TroubledCall): { cost: Picos; unpriced: number } {
  return { cost: cost ?? 0n, unpriced: cost === undefined && tries.size ? 1 : 0 };
}
