import type { Question } from '../contract/job';
import type { JsonObject } from '../contract/json';

/** A question as a body of Chat Completions: the same for the same question. */
export function questionBody(question: Question, takesTemperature: boolean): JsonObject {
  const { model, system, prompt, maxTokens, temperature = 0, schema } = question;
  return {
    model,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      { role: 'user', content: prompt },
    ],
    ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
    ...(takesTemperature && { temperature }),
    ...(schema && {
      response_format: { type: 'json_schema', json_schema: { name: schema.name, schema: schema.schema } },
    }),
  };
}
