import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { ReadyCase } from './suite';

/** What a model is sent for a case: a body of Chat Completions. @param samples false: the model refuses to be told how to sample */
export function caseBody(asked: ReadyCase, model: string, samples: boolean): JsonObject {
  const { temperature = 0, topP, maxTokens, stop, seed, toolChoice } = asked.parameters;
  return {
    model,
    messages: messagesOf(asked).map((message) => ({ ...message })),
    ...(samples && { temperature }),
    ...(samples && topP !== undefined && { top_p: topP }),
    ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
    ...(stop && { stop }),
    ...(seed !== undefined && { seed }),
    ...(asked.tools && {
      tools: asked.tools.map(({ name, description, parameters }) => ({
        type: 'function',
        function: { name, ...(description !== undefined && { description }), parameters: parameters as JsonObject },
      })),
      ...(toolChoice && { tool_choice: toolChoice }),
    }),
  };
}

/** The conversation as a person would read it. */
export function transcriptOf(asked: ReadyCase): string {
  return messagesOf(asked)
    .map(({ role, content }) => `${role}: ${content}`)
    .join('\n\n');
}

/** What is scored of an answer: its text, or where tools are called, JSON that says which and with what. */
export function scoredText(body: JsonObject): string {
  const [choice] = Array.isArray(body['choices']) ? (body['choices'] as readonly Json[]) : [];
  const message = isObject(choice) && isObject(choice['message']) ? choice['message'] : {};
  const { content, tool_calls: calls } = message;
  const text = typeof content === 'string' ? content : '';
  if (!Array.isArray(calls) || !calls.length) return text;
  const called = (calls as readonly Json[]).flatMap((call) => {
    const made = isObject(call) && isObject(call['function']) ? call['function'] : undefined;
    return made ? [{ name: made['name'] ?? null, arguments: argumentsOf(made['arguments']) }] : [];
  });
  return JSON.stringify({ ...(text && { text }), tool_calls: called });
}

function messagesOf({ system, prompt, messages = [] }: ReadyCase) {
  return [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    ...messages,
    ...(prompt === undefined ? [] : [{ role: 'user', content: prompt }]),
  ];
}

function argumentsOf(written: Json | undefined): Json {
  if (typeof written !== 'string') return written ?? null;
  try {
    return JSON.parse(written) as Json;
  } catch {
    return written;
  }
}
