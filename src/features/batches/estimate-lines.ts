import type { JobEstimate } from '../../contract/job';
import type { BodyLimits } from '../../dialects/parse-body';
import { askedOf } from './batch-call';
import type { Endpoint } from './batch-input';
import type { Line } from '../../contract/json-lines';

/** What a line is reckoned to be answered with that names no maximum. Its call is paid from the budget where that is too little. */
const USUAL_TOKENS = 1_024;
/** Lines of models beyond so many are not reckoned. */
const MOST_MODELS = 100;

/**
 * What a batch may cost, by model; lines that make no sense are left out.
 * @param usualTokens of an answer whose line names no maximum; Infinity: as many as the model gives
 */
export async function estimatesOf(
  lines: AsyncIterable<Line>,
  endpoint: Endpoint,
  limits: BodyLimits,
  usualTokens = USUAL_TOKENS,
): Promise<readonly JobEstimate[]> {
  const byModel = new Map<string, { times: number; bytes: number; tokens: number; answers: number }>();
  const isEmbeddings = endpoint === '/v1/embeddings';
  for await (const { bytes } of lines) {
    const asked = askedOf(bytes, limits);
    if (!asked) continue;
    const { model, maxTokens = isEmbeddings ? 0 : usualTokens, answers } = asked;
    const known = byModel.get(model) ?? { times: 0, bytes: 0, tokens: 0, answers: 0 };
    if (!byModel.has(model) && byModel.size >= MOST_MODELS) continue;
    byModel.set(model, known);
    known.times++;
    known.bytes += bytes?.length ?? 0;
    known.tokens += maxTokens;
    known.answers += answers;
  }
  return [...byModel].map(([model, { times, bytes, tokens, answers }]) => ({
    model,
    promptBytes: Math.ceil(bytes / times),
    maxTokens: Math.ceil(tokens / times),
    ...(answers > times && { answers: answers / times }),
    times,
    optional: true,
    ...(isEmbeddings && { operation: 'embeddings' }),
  }));
}
