import type { Sendable } from '../../contract/call';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { ChatRequest, Message, Part } from '../../contract/request';
import type { WireRequest } from '../../contract/wire';
import { anthropicMessages } from '../../dialects/anthropic';
import { openaiChat } from '../../dialects/openai-chat';
import { openaiResponses } from '../../dialects/openai-responses';
import type { AnswerFault } from './demands';
import { parseAnswer } from './parse-answer';
import type { SpokenChoice } from './spoken-answer';

const POINTER_CHARACTERS = 200;
/** Any: only the messages are taken. */
const TARGET = { model: 'm', maxOutputTokens: 1 };

/** What follows the call when its answer is to be repaired: the answer, and what is wrong with it. */
export function repairTurns(said: SpokenChoice, faults: readonly AnswerFault[]): readonly Message[] {
  const calls = [...said.calls.values()];
  const text: Part[] = said.text ? [{ type: 'text', text: said.text }] : [];
  const parts: Part[] = [
    ...[...said.thoughts.values()].filter((thought) => thought.type !== 'thinking' || thought.signature),
    ...text,
    ...calls.map(({ id, name, arguments: json }): Part => ({ type: 'tool_call', id, name, arguments: asObject(json) })),
  ];
  const results = calls.map(({ id }): Part => ({
    type: 'tool_result',
    toolCallId: id,
    isError: true,
    parts: [{ type: 'text', text: 'Not called.' }],
  }));
  // some providers refuse a turn without content
  const answer: Message = { role: 'assistant', parts: parts.length ? parts : [{ type: 'text', text: '(nothing)' }] };
  return [answer, { role: 'user', parts: [...results, { type: 'text', text: complaint(faults) }] }];
}

/** The call with more turns at its end, in both of its forms. */
export function withTurns({ request, wire }: Sendable, turns: readonly Message[]): Sendable {
  if (request.operation !== 'chat') return { request, wire };
  return {
    request: { ...request, messages: [...request.messages, ...turns] },
    wire: { ...wire, body: { ...wire.body, ...nativeTurns(wire, turns) } },
  };
}

function complaint(faults: readonly AnswerFault[]): string {
  const lines = faults.map(({ pointer, keyword, tool }) => {
    const where = pointer ? `at ${pointer.slice(0, POINTER_CHARACTERS)}` : 'as a whole';
    return `- ${tool === undefined ? 'the answer' : `the arguments of ${tool}`}, ${where}: ${wrong(keyword)}`;
  });
  const again = faults.some(({ tool }) => tool !== undefined)
    ? 'Make all of these tool calls once more, with arguments that conform to the schemas of the tools.'
    : 'Answer once more: the whole answer, corrected, as JSON and nothing else.';
  return ['Your last answer does not conform to what was asked for:', ...lines, again].join('\n');
}

function wrong(keyword: string): string {
  if (keyword === 'json') return 'is not valid JSON';
  if (keyword === 'tool') return 'no such tool was offered';
  return `violates "${keyword}" of the JSON schema`;
}

/** The field of a body that holds the conversation, longer by these turns. */
function nativeTurns({ dialect, body }: WireRequest, turns: readonly Message[]): JsonObject {
  const chat: ChatRequest = {
    operation: 'chat',
    model: TARGET.model,
    stream: false,
    messages: turns,
    tools: [],
    hints: [],
    extras: [],
  };
  switch (dialect) {
    case 'openai-chat':
      return {
        messages: [...listOf(body['messages']), ...listOf(openaiChat.encodeRequest(chat, TARGET).body['messages'])],
      };
    case 'anthropic-messages':
      return {
        messages: [
          ...listOf(body['messages']),
          ...listOf(anthropicMessages.encodeRequest(chat, TARGET).body['messages']),
        ],
      };
    case 'openai-responses':
      return {
        input: [...inputOf(body['input']), ...listOf(openaiResponses.encodeRequest(chat, TARGET).body['input'])],
      };
    case 'openai-embeddings':
    case 'anthropic-count':
    case 'internal':
      return {};
  }
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

/** A prompt may be spelt as one text. */
const inputOf = (input: Json | undefined): readonly Json[] =>
  typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : listOf(input);

/** Some providers take nothing but an object for arguments, whatever their model wrote. */
function asObject(text: string): string {
  return isObject(parseAnswer(text)) ? text : '{}';
}
