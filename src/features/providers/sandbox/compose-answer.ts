import type { FinishReason } from '../../../contract/reply';
import type { ChatRequest, Tool } from '../../../contract/request';
import { lastUserText, type Directives } from './directives';
import { exampleOf } from './example';

export interface Answer {
  readonly thinking?: string;
  readonly text: string;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[];
  readonly finish: FinishReason;
  readonly stopSequence?: string;
}

const ECHO_CHARACTERS = 2_000;
/** Of all answers together: each is an event of its own. */
const MAX_WORDS = 20_000;

/** What the sandbox says: the same for the same request, and clearly not a model's work. */
export function composeAnswer(request: ChatRequest, directives: Directives): Answer {
  const thinking = directives.think ? 'The sandbox pretends to think about it.' : undefined;
  const tools = toolsToCall(request, directives);
  if (tools.length)
    return {
      thinking,
      text: '',
      toolCalls: tools.map(({ name, schema }) => ({ name, arguments: JSON.stringify(exampleOf(schema)) })),
      finish: 'tool_calls',
    };
  return { thinking, toolCalls: [], ...shorten(sentence(request, directives), request) };
}

function toolsToCall({ tools, toolChoice, messages }: ChatRequest, directives: Directives): readonly Tool[] {
  if (toolChoice?.type === 'tool') return tools.filter(({ name }) => name === toolChoice.name);
  if (toolChoice?.type === 'required') return tools.slice(0, Math.max(1, directives.tools));
  const answersTools = messages.at(-1)?.parts.some(({ type }) => type === 'tool_result');
  return toolChoice?.type === 'none' || answersTools ? [] : tools.slice(0, directives.tools);
}

function sentence({ responseFormat, messages, n = 1 }: ChatRequest, { words }: Directives): string {
  if (responseFormat?.type === 'json_schema') return JSON.stringify(exampleOf(responseFormat.schema));
  const asked = lastUserText({ messages }).slice(0, ECHO_CHARACTERS);
  if (responseFormat?.type === 'json_object') return JSON.stringify({ sandbox: true, you_said: asked });
  if (words !== undefined)
    return Array.from({ length: Math.min(words, Math.floor(MAX_WORDS / n)) }, (_, i) => `word${i + 1}`).join(' ');
  return `This is the Gatehouse sandbox, not a model. You said: ${asked}`;
}

/** Honours stop sequences and the token limit, four characters to a token. */
function shorten(
  text: string,
  { stop = [], maxTokens }: ChatRequest,
): { text: string; finish: FinishReason; stopSequence?: string } {
  const [first] = stop
    .map((sequence) => ({ sequence, at: sequence ? text.indexOf(sequence) : -1 }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  const limit = maxTokens === undefined ? Infinity : maxTokens * 4;
  if (first && first.at <= limit)
    return { text: text.slice(0, first.at), finish: 'stop_sequence', stopSequence: first.sequence };
  return text.length > limit ? { text: text.slice(0, limit), finish: 'length' } : { text, finish: 'stop' };
}
