import { isObject, type Json, type JsonObject } from '../../contract/json';
import { asCount, asText } from '../tolerant';
import { echo } from './echo';
import { itemId } from './ids';

/**
 * Compatible servers leave out fields that the official schema requires and that typed clients rely on. Everything here
 * adds what is missing, never changes what is there, and hands back the same object when there is nothing to add.
 */

/** A complete JSON answer. */
export function completeReply(body: JsonObject, request: JsonObject): JsonObject {
  return fill(completeResponse(body, request), { status: 'completed' });
}

/** A response in any state, as stream events hold it. */
export function completeResponse(response: JsonObject, request: JsonObject): JsonObject {
  const filled = fill(response, {
    object: 'response',
    created_at: 0,
    error: null,
    incomplete_details: null,
    model: request.model ?? '',
    output: [],
    ...echo(request),
  });
  const id = typeof filled.id === 'string' ? filled.id : '';
  const withOutput = replace(
    filled,
    'output',
    eachObject(filled.output, (item, index) => completeItem(item, id, index, 'completed')),
  );
  return isObject(withOutput.usage) ? replace(withOutput, 'usage', completeUsage(withOutput.usage)) : withOutput;
}

export function completeItem(item: JsonObject, responseId: string, index: number, status: string): JsonObject {
  switch (asText(item.type)) {
    case 'message': {
      const filled = fill(item, { id: itemId('msg', responseId, index), role: 'assistant', status, content: [] });
      return replace(filled, 'content', eachObject(filled.content, completePart));
    }
    case 'reasoning':
      return fill(item, { id: itemId('rs', responseId, index), summary: [] });
    case 'function_call': {
      const id = itemId('fc', responseId, index);
      return fill(item, { id, call_id: item.id ?? id, arguments: '', status });
    }
    default:
      return fill(item, { id: itemId('item', responseId, index) });
  }
}

export function completePart(part: JsonObject): JsonObject {
  return part.type === 'output_text' ? fill(part, { text: '', annotations: [], logprobs: [] }) : part;
}

function completeUsage(usage: JsonObject): JsonObject {
  const filled = fill(usage, {
    input_tokens: 0,
    input_tokens_details: {},
    output_tokens: 0,
    output_tokens_details: {},
    total_tokens: asCount(usage.input_tokens) + asCount(usage.output_tokens),
  });
  const input = fillObject(filled.input_tokens_details, { cached_tokens: 0, cache_write_tokens: 0 });
  const output = fillObject(filled.output_tokens_details, { reasoning_tokens: 0 });
  return replace(replace(filled, 'input_tokens_details', input), 'output_tokens_details', output);
}

export function fill(object: JsonObject, missing: JsonObject): JsonObject {
  const lacks = Object.keys(missing).filter((key) => object[key] === undefined);
  return lacks.length ? { ...object, ...Object.fromEntries(lacks.map((key) => [key, missing[key]])) } : object;
}

function fillObject(value: Json, missing: JsonObject): Json {
  return isObject(value) ? fill(value, missing) : value;
}

export function replace(object: JsonObject, key: string, value: Json): JsonObject {
  return object[key] === value ? object : { ...object, [key]: value };
}

function eachObject(value: Json, change: (object: JsonObject, index: number) => JsonObject): Json {
  if (!Array.isArray(value)) return value;
  const list = value as readonly Json[];
  const changed = list.map((element, index) => (isObject(element) ? change(element, index) : element));
  return changed.some((element, index) => element !== list[index]) ? changed : list;
}
