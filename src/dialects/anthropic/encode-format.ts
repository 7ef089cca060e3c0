import type { JsonObject } from '../../contract/json';
import type { ResponseFormat } from '../../contract/request';
import { enforcedSchema } from './enforced-schema';

/** How an answer is to look: held to a schema, or asked to be so in words. */
export interface Format {
  readonly enforced?: JsonObject;
  readonly instruction?: string;
}

/** @param dropped told of a schema that is enforced in part, or not at all */
export function encodeFormat(format: ResponseFormat | undefined, dropped: Set<string>): Format {
  if (format?.type === 'json_object') return { instruction: 'Answer with one valid JSON object and nothing else.' };
  if (format?.type !== 'json_schema') return {};
  const enforced = enforcedSchema(format.schema);
  if (!enforced || enforced.weakened) dropped.add('response_format');
  if (enforced) return { enforced: enforced.schema };
  const schema = JSON.stringify(format.schema);
  return {
    instruction: `Answer with one JSON value and nothing else. It must conform to this JSON Schema:\n${schema}`,
  };
}
