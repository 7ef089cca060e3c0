import { isObject, type Json, type JsonObject } from '../../../contract/json';
import type { Decode, Form } from '../inspect/call-texts';

/** The call with more at the end of its instructions, in the words of its dialect. A call without instructions gets some. */
export function withInstructions(form: Form, more: string, decode: Decode): Form {
  const { wire } = form;
  const body = instructed(wire.dialect, wire.body, more);
  if (body === wire.body) return form;
  const other = { ...wire, body };
  return { request: decode(other), wire: other };
}

function instructed(dialect: string, body: JsonObject, more: string): JsonObject {
  switch (dialect) {
    case 'openai-chat': {
      const messages = listOf(body['messages']);
      const last = messages.findLastIndex((message) => isInstruction(message));
      return { ...body, messages: messages.toSpliced(last + 1, 0, { role: 'system', content: more }) };
    }
    case 'openai-responses': {
      const { instructions } = body;
      return {
        ...body,
        instructions: typeof instructions === 'string' && instructions ? `${instructions}\n\n${more}` : more,
      };
    }
    case 'anthropic-messages': {
      const { system } = body;
      const parts = typeof system === 'string' ? (system ? [{ type: 'text', text: system }] : []) : listOf(system);
      return { ...body, system: [...parts, { type: 'text', text: more }] };
    }
    default:
      return body;
  }
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function isInstruction(message: Json): boolean {
  return isObject(message) && (message['role'] === 'system' || message['role'] === 'developer');
}
