import type { Json } from '../contract/json';
import type { ModelRequest } from '../contract/request';
import type { Target } from './codec';

interface Option {
  /** What it is called when it is left out. */
  readonly name: string;
  /** In the vocabulary. */
  readonly key: 'temperature' | 'topP' | 'topK' | 'presencePenalty' | 'frequencyPenalty' | 'stop';
  /** In bodies, whichever the dialect. */
  readonly fields: readonly string[];
}

/** Options that some models refuse. */
const SAMPLING: readonly Option[] = [
  { name: 'temperature', key: 'temperature', fields: ['temperature'] },
  { name: 'top_p', key: 'topP', fields: ['top_p'] },
  { name: 'top_k', key: 'topK', fields: ['top_k'] },
  { name: 'presence_penalty', key: 'presencePenalty', fields: ['presence_penalty'] },
  { name: 'frequency_penalty', key: 'frequencyPenalty', fields: ['frequency_penalty'] },
];
const STOP: readonly Option[] = [{ name: 'stop', key: 'stop', fields: ['stop', 'stop_sequences'] }];

/** The request without the options that the model is declared to refuse, and their names. */
export function withoutUntaken(request: ModelRequest, target: Target): { taken: ModelRequest; untaken: string[] } {
  if (request.operation === 'embeddings') return { taken: request, untaken: [] };
  const refused = refusedBy(target).filter(({ key }) => request[key] !== undefined);
  if (!refused.length) return { taken: request, untaken: [] };
  const without = Object.fromEntries(refused.map(({ key }) => [key, undefined]));
  return { taken: { ...request, ...without }, untaken: refused.map(({ name }) => name) };
}

/** Takes the same options out of a body that is about to be forwarded. */
export function leaveOutUntaken(body: Record<string, Json>, target: Target, dropped: Set<string>): void {
  for (const { name, fields } of refusedBy(target))
    for (const field of fields) {
      if ((body[field] ?? null) === null) continue;
      delete body[field];
      dropped.add(name);
    }
}

function refusedBy({ sampling, stop }: Target): readonly Option[] {
  return [...(sampling === false ? SAMPLING : []), ...(stop === false ? STOP : [])];
}
