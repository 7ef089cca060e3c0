import type { EvaluationContext } from '@openfeature/server-sdk';
import type { FlagContext } from '../../../contract/flags';
import type { KeyedHash } from '../../../platform/secrets/keyed-hash';

/** What may be told of a model's name, which callers may write as they like. */
const MODEL_NAME = /^[\w./:@-]{1,100}$/;

/** A flag's context in the words of OpenFeature, for flags that are evaluated here. @param at milliseconds since the epoch; now when absent */
export function ownContext(
  { tenantId, tenantName, keyId, user, session, model, tags }: FlagContext,
  at?: number,
): EvaluationContext {
  return {
    targetingKey: user ?? keyId,
    tenant: tenantId,
    tenantName,
    keyId,
    ...(user !== undefined && { user }),
    ...(session !== undefined && { session }),
    ...(model !== undefined && { model }),
    ...(tags && { tags: tags as string[] }),
    ...(at !== undefined && { at }),
  };
}

/** The same for a flag service elsewhere: persons and sessions by keyed pseudonyms, which it cannot trace back. */
export function foreignContext(context: FlagContext, hash: Pick<KeyedHash, 'pseudonym'>): EvaluationContext {
  const { tenantId, user, session, model } = context;
  return ownContext({
    ...context,
    user: user === undefined ? undefined : hash.pseudonym('flag-user', tenantId, user),
    session: session === undefined ? undefined : hash.pseudonym('flag-session', tenantId, session),
    model: model !== undefined && MODEL_NAME.test(model) ? model : undefined,
  });
}

export function flagContextOf(context: EvaluationContext): FlagContext {
  const { tenant, tenantName, keyId, user, session, model, tags } = context as Record<string, string | undefined> & {
    readonly tags?: readonly string[];
  };
  return { tenantId: tenant ?? '', tenantName: tenantName ?? '', keyId: keyId ?? '', user, session, model, tags };
}

export function momentOf({ at }: EvaluationContext): number {
  return typeof at === 'number' ? at : Date.now();
}
