import { GatewayError } from '../../contract/errors';
import type { Json, JsonObject } from '../../contract/json';
import type { ChatRequest, Effort, Message, ResponseFormat, Thinking, ToolChoice } from '../../contract/request';
import type { EncodedRequest, Target } from '../codec';
import { endUser } from '../end-user';
import { refuseForeign } from '../not-carried';
import { present } from '../present';
import { encodeMessage } from './encode-item';
import { dropped, missing } from './losses';

/** The API refuses a smaller bound. */
const MIN_OUTPUT_TOKENS = 16;

export function encodeRequest(request: ChatRequest, target: Target): EncodedRequest {
  if (request.operation !== 'chat')
    throw new GatewayError('invalid_request', 'This model cannot count the tokens of a prompt');
  refuseForeign(request, 'openai-responses', missing(request));
  const { instructions, rest } = splitInstructions(request.messages);
  const body = present({
    model: target.model,
    instructions,
    input: rest.flatMap(encodeMessage),
    ...encodeTools(request),
    max_output_tokens: maxOutputTokens(request, target),
    temperature: request.temperature,
    top_p: request.topP,
    include: request.logprobs ? ['message.output_text.logprobs'] : undefined,
    top_logprobs: request.topLogprobs,
    text: request.responseFormat && { format: encodeFormat(request.responseFormat) },
    reasoning: target.thinks === false ? undefined : encodeReasoning(request.thinking),
    user: request.user && endUser(request.user),
    store: false,
    stream: request.stream || undefined,
  });
  return { body, dropped: dropped(request, target) };
}

/** A system prompt that is one text has a field of its own. */
function splitInstructions(messages: readonly Message[]): { instructions?: string; rest: readonly Message[] } {
  const [first, ...rest] = messages;
  const [part, ...others] = first?.role === 'system' ? first.parts : [];
  if (part?.type !== 'text' || others.length || !rest.length) return { rest: messages };
  return { instructions: part.text, rest };
}

function encodeTools(request: ChatRequest): Record<string, Json | undefined> {
  if (!request.tools.length) return {};
  return {
    tools: request.tools.map(({ name, description, schema, strict }) =>
      // strict is this API's default and changes the schema; whoever wants it says so
      present({ type: 'function', name, description, parameters: schema, strict: strict ?? false }),
    ),
    tool_choice: request.toolChoice && encodeToolChoice(request.toolChoice),
    parallel_tool_calls: request.parallelToolCalls,
  };
}

function encodeToolChoice(choice: ToolChoice): Json {
  return choice.type === 'tool' ? { type: 'function', name: choice.name } : choice.type;
}

function maxOutputTokens({ maxTokens }: ChatRequest, target: Target): number | undefined {
  if (maxTokens === undefined) return undefined;
  return Math.max(MIN_OUTPUT_TOKENS, Math.min(maxTokens, target.maxOutputTokens ?? maxTokens));
}

function encodeFormat(format: ResponseFormat): JsonObject {
  if (format.type !== 'json_schema') return { type: format.type };
  const { type, name, description, schema, strict } = format;
  return present({ type, name: name ?? 'response', description, schema, strict });
}

export function encodeReasoning(thinking: Thinking | undefined): JsonObject | undefined {
  if (!thinking || thinking.mode === 'off') return undefined;
  return { effort: thinking.effort ? encodeEffort(thinking.effort) : effortOf(thinking.budgetTokens) };
}

function encodeEffort(effort: Effort): string {
  return effort === 'max' ? 'xhigh' : effort;
}

function effortOf(budgetTokens: number | undefined): string {
  if (budgetTokens === undefined) return 'medium';
  if (budgetTokens <= 2048) return 'low';
  return budgetTokens <= 8192 ? 'medium' : 'high';
}
