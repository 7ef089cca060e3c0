import { GatewayError } from '../../contract/errors';
import { isObject, type Json } from '../../contract/json';
import type { Ask } from '../../contract/job';
import type { Picos } from '../../contract/money';

export interface Vectors {
  readonly vectors: readonly [readonly number[], readonly number[]];
  /** Who made them. */
  readonly by: string;
  readonly picos: Picos;
}

/** The vectors of two texts, of one model. @throws GatewayError */
export async function vectorsOf(texts: readonly [string, string], model: string, ask: Ask): Promise<Vectors> {
  const answer = await ask.verbatim({
    dialect: 'openai-embeddings',
    body: { model, input: [...texts], encoding_format: 'float' },
    cache: 'no-store',
  });
  const { data } = answer.body;
  const [a, b] = (Array.isArray(data) ? (data as readonly Json[]) : []).map((one) =>
    isObject(one) && Array.isArray(one['embedding']) ? (one['embedding'] as readonly number[]) : undefined,
  );
  if (!a || !b) throw new GatewayError('provider_failed', 'The embedding model left out a vector');
  return { vectors: [a, b], by: `${answer.provider}/${answer.model}`, picos: answer.picos };
}
