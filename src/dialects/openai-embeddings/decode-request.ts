import type { Json, JsonObject } from '../../contract/json';
import type { EmbeddingsRequest } from '../../contract/request';
import { Fields, invalid } from '../fields';
import { openAiUser } from '../end-user';

const MAX_INPUTS = 2048;
const KNOWN = new Set(['model', 'input', 'encoding_format', 'dimensions', 'user', 'gatehouse']);

export function decodeRequest(body: JsonObject): EmbeddingsRequest {
  const request = new Fields(body);
  const model = request.required('model', request.string('model'));
  if (!model || model.length > 256) throw invalid('model', 'must have 1 to 256 characters');
  return {
    operation: 'embeddings',
    model,
    stream: false,
    input: decodeInput(request.required('input', request.raw('input'))),
    format: request.oneOf('encoding_format', ['float', 'base64'] as const) ?? 'float',
    dimensions: request.number('dimensions', { integer: true, min: 1 }),
    user: openAiUser(request),
    hints: [],
    extras: request.others(KNOWN),
  };
}

/** A list of numbers is the tokens of one text; every other list is one of texts. */
function decodeInput(input: Json): EmbeddingsRequest['input'] {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input)) throw invalid('input', 'expected a string or a list');
  if (!input.length) throw invalid('input', 'must not be empty');
  if (typeof input[0] === 'number') return [decodeTokens(input, 'input')];
  if (input.length > MAX_INPUTS) throw invalid('input', `expected at most ${MAX_INPUTS} items`);
  const tokens = Array.isArray(input[0]);
  return input.map((item: Json, i) => {
    const path = `input[${i}]`;
    if (tokens) return decodeTokens(item, path);
    if (typeof item !== 'string') throw invalid(path, 'expected a string');
    return item;
  });
}

function decodeTokens(value: Json, path: string): readonly number[] {
  if (!Array.isArray(value)) throw invalid(path, 'expected a list of tokens');
  if (!value.length) throw invalid(path, 'must not be empty');
  for (let i = 0; i < value.length; i++)
    if (!Number.isSafeInteger(value[i]) || value[i] < 0) throw invalid(`${path}[${i}]`, 'expected a token id');
  return value as readonly number[];
}
