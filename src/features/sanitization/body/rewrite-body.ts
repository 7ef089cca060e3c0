import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { asText, isEncoded, textUrl } from './encoded-text';
import { FREE, IDENTIFIERS, originOf, PARAMETERS, SEALED, unscannedMedia, unscannedOf } from './fields';
import type { Origin, Place, Unscanned } from './place';

export interface Visitor {
  /** What is to stand in the place instead; the same text where nothing changes. */
  replace(place: Place): string;
  /** Something stands here that cannot be read as text. */
  unscanned(what: Unscanned): void;
}

interface Around {
  readonly origin: Origin;
  /** Names and values are the caller's own: no field has a meaning. */
  readonly free: boolean;
  readonly name: string;
  readonly holder: JsonObject;
}

/**
 * Visits every text of a request's body, whatever its dialect, always in the same order: all strings and the names of all members,
 * known to the dialect or not. What is not known to be a fixed word or bytes is text.
 * @returns a body with the replacements; the same object where there are none
 */
export function rewriteBody(body: JsonObject, visitor: Visitor): JsonObject {
  return new Rewriting(visitor).object(body, { origin: 'other', free: false, name: '', holder: body });
}

/** The least digits of a number that may be somebody's. */
const LEAST_NUMBER = 1e7;
/** Names of fields hold neither. */
const MAY_BE_PERSONAL = /[\d@]/;

class Rewriting {
  constructor(private readonly visitor: Visitor) {}

  object(object: JsonObject, around: Around): JsonObject {
    const { type, role } = object;
    const origin = originOf(around.name, role, type) ?? around.origin;
    const bytes = around.free ? undefined : unscannedOf(type);
    if (bytes) this.visitor.unscanned(bytes);
    const keys = Object.keys(object);
    let entries: [string, Json][] | undefined;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      const value = object[key];
      const free =
        around.free || (typeof value === 'object' && (FREE.has(key) || (key === 'input' && isToolUse(type))));
      const name = this.key(key, origin);
      const inner = this.value(value, { origin, free, name: key, holder: object });
      // nearly always nothing changes
      if (!entries && (name !== key || inner !== value)) entries = keys.slice(0, i).map((same) => [same, object[same]]);
      entries?.push([name, inner]);
    }
    // a plain assignment would take `__proto__` for the prototype
    return entries ? Object.fromEntries(entries) : object;
  }

  private key(key: string, origin: Origin): string {
    if (key.length < 4 || !MAY_BE_PERSONAL.test(key)) return key;
    return this.visitor.replace({ kind: 'key', text: key, name: '', origin });
  }

  private value(value: Json, around: Around): Json {
    if (typeof value === 'string') return this.string(value, around);
    if (typeof value === 'number') return this.number(value, around);
    if (Array.isArray(value)) return this.list(value, around);
    return isObject(value) ? this.object(value, around) : value;
  }

  private list(list: readonly Json[], around: Around): Json {
    // token ids: a text that only the model's tokenizer can read
    if (!around.free && around.name === 'input' && typeof list[0] === 'number') {
      this.visitor.unscanned('token_ids');
      return list;
    }
    let changed = false;
    const items = list.map((item) => {
      const inner = this.value(item, around);
      changed ||= inner !== item;
      return inner;
    });
    return changed ? items : list;
  }

  private number(value: number, { name, origin, free }: Around): Json {
    if (Math.abs(value) < LEAST_NUMBER || (!free && PARAMETERS.has(name))) return value;
    const text = String(value);
    const replaced = this.visitor.replace({ kind: 'number', text, name, origin });
    return replaced === text ? value : replaced;
  }

  private string(text: string, around: Around): string {
    if (text === '') return text;
    const { name, free, holder } = around;
    const origin = (free ? undefined : originOf(name, undefined, undefined)) ?? around.origin;
    const url = textUrl(text);
    if (url === 'bytes') {
      this.visitor.unscanned(unscannedMedia(text.slice('data:'.length, 60)));
      return text;
    }
    if (url) return url.with(this.visitor.replace({ kind: 'text', text: url.text, name, origin }));
    if (!free && this.isBytes(text, name, holder)) return text;
    if (!free && name === 'data' && isTextIn(holder)) {
      const inside = asText(text);
      if (inside) return inside.with(this.visitor.replace({ kind: 'text', text: inside.text, name, origin }));
    }
    if (!free && name === 'arguments') return this.visitor.replace({ kind: 'arguments', text, name, origin });
    const kind = !free && IDENTIFIERS.has(name) ? 'identifier' : 'text';
    if (!free && name === 'file_id') this.visitor.unscanned('file');
    return this.visitor.replace({ kind, text, name, origin });
  }

  /** Tells of bytes. What claims to be bytes and is not is text. */
  private isBytes(text: string, name: string, holder: JsonObject): boolean {
    if (!isEncoded(text)) return false;
    if (SEALED.has(name) || (name === 'data' && holder['type'] === 'redacted_thinking')) {
      this.visitor.unscanned('opaque');
      return true;
    }
    if (name === 'file_data') {
      this.visitor.unscanned('document');
      return true;
    }
    if (name !== 'data') return false;
    const { type, media_type: media } = holder;
    if (type === 'base64' && typeof media === 'string') {
      if (media.startsWith('text/')) return false;
      this.visitor.unscanned(unscannedMedia(media));
      return true;
    }
    // OpenAI's input_audio
    if (typeof holder['format'] !== 'string') return false;
    this.visitor.unscanned('audio');
    return true;
  }
}

/** The source of a document in Anthropic's dialect that is text in base64. */
function isTextIn({ type, media_type: media }: JsonObject): boolean {
  return type === 'base64' && typeof media === 'string' && media.startsWith('text/');
}

function isToolUse(type: Json | undefined): boolean {
  return typeof type === 'string' && /tool_use$|_call$/.test(type);
}
