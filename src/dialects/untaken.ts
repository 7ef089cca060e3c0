import type { ModelRequest } from '../contract/request';
import type { Target } from './codec';

/** Options that some models refuse: what they are called when left out, and in the vocabulary. */
const SAMPLING = [
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
  ['presence_penalty', 'presencePenalty'],
  ['frequency_penalty', 'frequencyPenalty'],
] as const;
const STOP = [['stop', 'stop']] as const;

/** The request without the options that the model is declared to refuse, and their names. */
export function withoutUntaken(request: ModelRequest, target: Target): { taken: ModelRequest; untaken: string[] } {
  if (request.operation === 'embeddings') return { taken: request, untaken: [] };
  const refused = optionsRefusedBy(target).filter(([, key]) => request[key] !== undefined);
  if (!refused.length) return { taken: request, untaken: [] };
  const without = Object.fromEntries(refused.map(([, key]) => [key, undefined]));
  return { taken: { ...request, ...without }, untaken: refused.map(([name]) => name) };
}

function optionsRefusedBy({ sampling, stop }: Target) {
  return [...(sampling === false ? SAMPLING : []), ...(stop === false ? STOP : [])];
}
