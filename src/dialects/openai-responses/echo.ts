import { isObject, type Json, type JsonObject } from '../../contract/json';
import { asObject } from '../tolerant';

/** The fields in which every response repeats its request. */
export function echo(request: JsonObject): Record<string, Json> {
  return {
    instructions: request.instructions ?? null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    temperature: request.temperature ?? 1,
    tool_choice: request.tool_choice ?? 'auto',
    tools: Array.isArray(request.tools) ? request.tools.map(echoTool) : [],
    top_p: request.top_p ?? 1,
  };
}

/** The fields that a response may repeat besides. */
export function echoOptional(request: JsonObject): Record<string, Json> {
  const text = asObject(request.text);
  const reasoning = asObject(request.reasoning);
  return {
    max_output_tokens: request.max_output_tokens ?? null,
    prompt_cache_key: request.prompt_cache_key ?? null,
    prompt_cache_retention: request.prompt_cache_retention ?? null,
    reasoning: { effort: reasoning.effort ?? null, summary: reasoning.summary ?? null },
    safety_identifier: request.safety_identifier ?? null,
    text: { ...text, format: text.format ?? { type: 'text' } },
    top_logprobs: request.top_logprobs ?? 0,
    // absent rather than null: the schema knows no null here
    ...(typeof request.user === 'string' && { user: request.user }),
  };
}

function echoTool(tool: Json): Json {
  if (!isObject(tool) || tool.type !== 'function') return tool;
  return { ...tool, parameters: tool.parameters ?? null, strict: tool.strict ?? false };
}
