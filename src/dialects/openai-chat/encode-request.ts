import { GatewayError } from '../../contract/errors';
import type { Json, JsonObject } from '../../contract/json';
import type { ChatRequest, ResponseFormat, Tool, ToolChoice } from '../../contract/request';
import type { EncodedRequest, Target } from '../codec';
import { endUser } from '../end-user';
import { refuseForeign } from '../not-carried';
import { encodeMessage } from './encode-message';
import { encodeThinking } from './encode-thinking';
import type { Losses } from './losses';
import { present } from '../present';

const MAX_TOOL_NAME = 64;

export function encodeRequest(request: ChatRequest, target: Target): EncodedRequest {
  if (request.operation !== 'chat')
    throw new GatewayError('invalid_request', 'This model cannot count the tokens of a prompt');
  const losses: Losses = { missing: new Set(), dropped: new Set(request.hints) };
  const body = present({
    model: target.model,
    messages: request.messages.flatMap((message) => encodeMessage(message, losses)),
    ...encodeTools(request, losses),
    ...encodeSampling(request, target, losses),
    response_format: request.responseFormat && encodeResponseFormat(request.responseFormat),
    reasoning_effort: encodeThinking(request.thinking, target, losses.dropped),
    user: request.user && endUser(request.user),
    ...(request.stream && { stream: true, stream_options: { include_usage: true } }),
  });
  refuseForeign(request, 'openai-chat', [...losses.missing]);
  return { body, dropped: [...losses.dropped] };
}

function encodeTools({ tools, toolChoice, parallelToolCalls }: ChatRequest, losses: Losses) {
  return {
    tools: tools.length ? tools.map((tool) => encodeTool(tool, losses)) : undefined,
    tool_choice: toolChoice && encodeToolChoice(toolChoice),
    // OpenAI refuses it where there are no tools
    parallel_tool_calls: tools.length ? parallelToolCalls : undefined,
  };
}

function encodeTool(tool: Tool, losses: Losses): JsonObject {
  if (tool.cacheControl) losses.dropped.add('cache_control');
  if (tool.name.length > MAX_TOOL_NAME)
    losses.missing.add(`the tool name ${tool.name} (longer than ${MAX_TOOL_NAME} characters)`);
  const { name, description, schema: parameters, strict } = tool;
  return { type: 'function', function: present({ name, description, parameters, strict }) };
}

function encodeToolChoice(choice: ToolChoice): Json {
  return choice.type === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.type;
}

function encodeSampling(request: ChatRequest, target: Target, losses: Losses) {
  if (request.topK !== undefined) losses.dropped.add('top_k');
  return {
    max_completion_tokens: request.maxTokens && Math.min(request.maxTokens, target.maxOutputTokens ?? Infinity),
    temperature: request.temperature,
    top_p: request.topP,
    seed: request.seed,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
    stop: request.stop?.length ? request.stop : undefined,
    n: request.n,
    logprobs: request.logprobs,
    top_logprobs: request.topLogprobs,
  };
}

function encodeResponseFormat(format: ResponseFormat): JsonObject {
  if (format.type !== 'json_schema') return { type: format.type };
  const { name = 'response', description, schema, strict } = format;
  return { type: 'json_schema', json_schema: present({ name, description, schema, strict }) };
}
