import { isObject, type JsonObject } from '../../contract/json';
import type { Message } from '../../contract/request';
import type { Dialect } from '../../contract/wire';
import { CODECS } from '../../dialects/codecs';

/** A case of a suite in `config/evals/`. */
export interface EvalCase {
  readonly id: string;
  readonly system?: string;
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[];
  readonly expect: string;
  readonly tags: readonly string[];
}

/** The form of the call that the log kept: `request` of the content of its entry. */
export interface KeptRequest {
  readonly dialect: string;
  readonly body: JsonObject;
}

/** @returns undefined where what was asked is more than text, or is not there */
export function evalCase(id: string, content: object, expect: string, tags: readonly string[]): EvalCase | undefined {
  const kept = keptRequest(content);
  const codec = kept && CODECS[kept.dialect as Dialect];
  if (!codec || !kept) return undefined;
  const request = codec.decodeRequest({ stream: false, ...kept.body });
  if (request.operation !== 'chat' || request.tools.length) return undefined;
  const texts = request.messages.map(textOf);
  if (!texts.every((text) => text !== undefined)) return undefined;
  const said = request.messages.map(({ role }, i) => ({ role, content: texts[i] ?? '' }));
  const system = said.filter(({ role }) => role === 'system').map(({ content: text }) => text);
  const messages = said.flatMap(({ role, content: text }) => (role === 'system' ? [] : [{ role, content: text }]));
  if (messages.at(-1)?.role !== 'user') return undefined;
  return { id, ...(system.length && { system: system.join('\n\n') }), messages, expect, tags };
}

function keptRequest(content: object): KeptRequest | undefined {
  const { request } = content as { readonly request?: unknown };
  if (typeof request !== 'object' || request === null) return undefined;
  const { dialect, body } = request as Partial<KeptRequest>;
  return dialect !== undefined && Object.hasOwn(CODECS, dialect) && isObject(body) ? { dialect, body } : undefined;
}

/** Undefined where it is more than text. */
function textOf({ parts }: Message): string | undefined {
  const texts = parts.map((part) => (part.type === 'text' ? part.text : undefined));
  return texts.every((text) => text !== undefined) && texts.join('') ? texts.join('\n') : undefined;
}
