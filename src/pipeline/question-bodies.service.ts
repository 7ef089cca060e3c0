import { Injectable } from '@nestjs/common';
import type { Question } from '../contract/job';
import type { JsonObject } from '../contract/json';
import { ModelRegistry } from '../features/models';

/** Questions as bodies of Chat Completions, in which they are read, recorded and translated like any caller's. */
@Injectable()
export class QuestionBodies {
  constructor(private readonly models: ModelRegistry) {}

  /** The same for the same question, whoever asks it. */
  of({ model, system, prompt, maxTokens, temperature = 0, schema }: Question): JsonObject {
    return {
      model,
      messages: [
        ...(system === undefined ? [] : [{ role: 'system', content: system }]),
        { role: 'user', content: prompt },
      ],
      ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
      ...(this.takesTemperature(model) && { temperature }),
      ...(schema && {
        response_format: { type: 'json_schema', json_schema: { name: schema.name, schema: schema.schema } },
      }),
    };
  }

  /** A model that refuses to be told how to sample is not told. */
  takesTemperature(model: string): boolean {
    try {
      return this.models.resolve(model, 'chat').every(({ sampling }) => sampling !== false);
    } catch {
      // the route stage says what is wrong with the name
      return true;
    }
  }
}
