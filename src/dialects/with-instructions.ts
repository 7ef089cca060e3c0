import type { Sendable } from '../contract/call';
import type { ModelRequest } from '../contract/request';
import { isObject, type Json, type JsonObject } from '../contract/json';
import type { WireRequest } from '../contract/wire';

/** Before or after the instructions that a call has. */
export type InstructionPlace = 'before' | 'after';

/**
 * The call with more instructions, in the words of its dialect. A call without instructions gets some; one that takes none is the
 * same as before.
 * @param decode reads the body of a call anew; not asked of a call that was made here
 */
export function withInstructions(
  form: Sendable,
  more: string,
  place: InstructionPlace,
  decode: (wire: WireRequest) => ModelRequest,
): Sendable {
  const { request, wire } = form;
  if (wire.dialect === 'internal') return { request: instructedRequest(request, more, place), wire };
  const body = instructed(wire.dialect, wire.body, more, place);
  if (body === wire.body) return form;
  const other = { ...wire, body };
  return { request: decode(other), wire: other };
}

function instructed(dialect: string, body: JsonObject, more: string, place: InstructionPlace): JsonObject {
  switch (dialect) {
    case 'openai-chat': {
      const messages = listOf(body['messages']);
      const at = place === 'before' ? 0 : messages.findLastIndex((message) => isInstruction(message)) + 1;
      return { ...body, messages: messages.toSpliced(at, 0, { role: 'system', content: more }) };
    }
    case 'openai-responses': {
      const { instructions } = body;
      const said = typeof instructions === 'string' && instructions ? [instructions] : [];
      return { ...body, instructions: placed(said, more, place).join('\n\n') };
    }
    case 'anthropic-messages':
    case 'anthropic-count': {
      const { system } = body;
      const parts = typeof system === 'string' ? (system ? [{ type: 'text', text: system }] : []) : listOf(system);
      return { ...body, system: placed<Json>(parts, { type: 'text', text: more }, place) };
    }
    default:
      return body;
  }
}

function instructedRequest(request: ModelRequest, more: string, place: InstructionPlace): ModelRequest {
  if (request.operation === 'embeddings') return request;
  const { messages } = request;
  const at = place === 'before' ? 0 : messages.findLastIndex(({ role }) => role === 'system') + 1;
  const added = { role: 'system', parts: [{ type: 'text', text: more }] } as const;
  return { ...request, messages: messages.toSpliced(at, 0, added) };
}

function placed<T>(those: readonly T[], more: T, place: InstructionPlace): readonly T[] {
  return place === 'before' ? [more, ...those] : [...those, more];
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function isInstruction(message: Json): boolean {
  return isObject(message) && (message['role'] === 'system' || message['role'] === 'developer');
}
