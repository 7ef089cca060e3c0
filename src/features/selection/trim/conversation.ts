import type { Sendable } from '../../../contract/call';
import { isObject, type Json, type JsonObject } from '../../../contract/json';
import type { ModelRequest } from '../../../contract/request';
import type { WireRequest } from '../../../contract/wire';
import { type Entry, entryOf, isMarked, listOf } from './entry';

/** Reads the body of a call anew, in the dialect it came in. */
export type Decode = (wire: WireRequest) => ModelRequest;

/** Where a dialect has the conversation, and the instructions that stand beside it. */
const PLACES: Readonly<Record<string, { readonly list: string; readonly instructions?: string }>> = {
  'openai-chat': { list: 'messages' },
  'openai-responses': { list: 'input', instructions: 'instructions' },
  'anthropic-messages': { list: 'messages', instructions: 'system' },
  internal: { list: 'messages' },
};

/** What was said in a call, item by item, in the words of its dialect. */
export interface Conversation {
  readonly entries: readonly Entry[];
  /** What stands before the first item; undefined where the items hold it. */
  readonly instructions: Json | undefined;
  /** So many items at the beginning must stay as they are: a provider caches them. */
  readonly frozen: number;
  /** Instructions must stay as they are. */
  readonly frozenInstructions: boolean;
  /** Instructions may only stand at the beginning. */
  readonly strict: boolean;
  /** The call with other items. */
  with(entries: readonly JsonObject[], instructions: Json | undefined): Sendable;
}

/** @returns undefined where nothing may be changed: no chat, nothing but a single text, or a provider that caches all of it */
export function conversationOf({ request, wire }: Sendable, decode: Decode): Conversation | undefined {
  const place = Object.hasOwn(PLACES, wire.dialect) ? PLACES[wire.dialect] : undefined;
  if (!place || request.operation !== 'chat') return undefined;
  const internal = wire.dialect === 'internal';
  const body = internal ? (request as unknown as JsonObject) : wire.body;
  if (isMarked(body)) return undefined;
  const list = spelledOut(body[place.list]);
  if (!list) return undefined;
  const entries = list.map(entryOf);
  const frozen = entries.findLastIndex(({ marked }) => marked) + 1;
  const instructions = place.instructions === undefined ? undefined : body[place.instructions];
  return {
    entries,
    instructions,
    frozen,
    frozenInstructions: frozen > 0 || listOf(instructions).some(isMarked),
    strict: wire.dialect === 'anthropic-messages',
    with: (changed, said) => {
      const other = {
        ...body,
        [place.list]: changed,
        ...(place.instructions !== undefined && said !== undefined && { [place.instructions]: said }),
      };
      if (internal) return { request: other as unknown as ModelRequest, wire };
      const rewritten = { ...wire, body: other };
      // what was chosen is not in the body
      return { request: { ...decode(rewritten), model: request.model } as ModelRequest, wire: rewritten };
    },
  };
}

/** A text alone is what the user says. */
function spelledOut(list: Json | undefined): readonly JsonObject[] | undefined {
  if (typeof list === 'string') return [{ role: 'user', content: list }];
  return Array.isArray(list) && (list as readonly Json[]).every(isObject) ? (list as readonly JsonObject[]) : undefined;
}
