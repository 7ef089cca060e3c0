import type { Candidate } from '../../contract/call';
import { GatewayError } from '../../contract/errors';
import type { JobContext } from '../../contract/job';
import { AUTO } from '../../contract/selection';
import { askedOf, type BatchInput, type Decided, ENDPOINTS, type Line, type WhyHere } from '../../features/batches';
import type { ModelRegistry } from '../../features/models';
import type { RemoteBatches } from '../../pipeline';
import type { BatchSettings } from '../../platform/config/batch-settings';
import type { BatchLimits } from './batch-limits';

/** OpenAI takes files of 200 MB; what takes the place of personal data may be longer than that. */
const MOST_BYTES = 100_000_000;

export interface Ways {
  readonly setting: BatchSettings['passThrough'];
  readonly models: Pick<ModelRegistry, 'resolve'>;
  readonly remote: Pick<RemoteBatches, 'of'>;
  readonly limits: BatchLimits;
}

export function wantsPassing({ passThrough }: BatchInput, setting: BatchSettings['passThrough']): boolean {
  return setting !== 'never' && (passThrough ?? setting === 'always');
}

/** Which way a batch goes: to the one provider of its one model, where that takes batches and somebody wants that; else it stays here. */
export async function whichWay(
  input: BatchInput,
  { validation }: Pick<JobContext, 'validation'>,
  file: { readonly bytes: number; lines(): AsyncIterable<Line> },
  { setting, models, remote, limits }: Ways,
): Promise<Decided> {
  if (!wantsPassing(input, setting))
    return here(input.passThrough && setting === 'never' ? 'switched_off' : 'not_asked');
  // a model that is asked once more is asked at once
  if (validation === 'repair') return here('repair');
  if (file.bytes > MOST_BYTES) return here('too_large');
  const model = await onlyModel(file.lines(), limits);
  if (model === undefined) return here('several_models');
  const target = targetOf(model, input, models);
  if (!target) return here('model');
  const batches = remote.of(target.provider);
  if (!batches) return here('no_batch_api');
  if (!batches.dialects.includes(ENDPOINTS[input.endpoint])) return here('endpoint');
  return { way: 'provider', provider: target.provider, model: target.model };
}

function here(why: WhyHere): Decided {
  return { way: 'here', why };
}

async function onlyModel(lines: AsyncIterable<Line>, limits: BatchLimits): Promise<string | undefined> {
  let only: string | undefined;
  for await (const { bytes } of lines) {
    const model = askedOf(bytes, limits)?.model;
    if (model === undefined || (only !== undefined && only !== model)) return undefined;
    only = model;
  }
  return only;
}

function targetOf(model: string, { endpoint }: BatchInput, models: Ways['models']): Candidate | undefined {
  // which model answers is then chosen line by line
  if (model === AUTO) return undefined;
  try {
    return models.resolve(model, endpoint === '/v1/embeddings' ? 'embeddings' : 'chat')[0];
  } catch (error) {
    if (GatewayError.from(error).code === 'internal') throw error;
    return undefined;
  }
}
