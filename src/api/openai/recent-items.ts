import { isObject, type Json, type JsonObject } from '../../contract/json';
import { SseSplitter } from '../../dialects/sse';

const KEPT_MS = 3_600_000;
const KEPT_CHARACTERS = 32_000_000;
const MAX_ID = 256;
const FINAL = /"type": ?"response\.(completed|incomplete)"/;

interface Kept {
  readonly json: string;
  readonly until: number;
}

/**
 * Output items of recent responses, so that clients which refer to them by id instead of repeating them (the default of
 * OpenAI's SDKs, who expect them to be stored) can go on. In memory only, by tenant, for an hour, and bounded: what is gone
 * is refused by name when it is referred to.
 */
export class RecentItems {
  private readonly items = new Map<string, Kept>();
  private characters = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** The body with every reference that is still known replaced by the item itself. */
  resolve(body: JsonObject, tenantId: string): JsonObject {
    const { input } = body;
    if (!Array.isArray(input) || !input.some(isReference)) return body;
    const items = (input as readonly Json[]).flatMap((item) => {
      const kept = isReference(item) ? this.get(tenantId, item.id) : undefined;
      if (!kept) return [item];
      // a thought without its sealed content cannot be sent back to anybody
      return kept['type'] === 'reasoning' && !kept['encrypted_content'] ? [] : [kept];
    });
    return { ...body, input: items };
  }

  /** @param bytes an answer as it goes out: the whole JSON, or complete stream frames */
  remember(bytes: Buffer, tenantId: string, streamed: boolean): void {
    if (!streamed) return this.keep(parse(bytes.toString('utf8')), tenantId);
    const text = bytes.toString('latin1');
    if (!FINAL.test(text)) return;
    for (const { data } of new SseSplitter().push(bytes))
      if (FINAL.test(data)) {
        const event = parse(data);
        if (isObject(event?.['response'])) this.keep(event['response'], tenantId);
      }
  }

  private keep(response: JsonObject | undefined, tenantId: string): void {
    const output = response?.['output'];
    if (!Array.isArray(output)) return;
    for (const item of output as readonly Json[]) {
      if (!isObject(item) || typeof item['id'] !== 'string' || item['id'].length > MAX_ID) continue;
      const { id, status: _status, ...rest } = item;
      this.put(`${tenantId}/${id as string}`, JSON.stringify(rest));
    }
  }

  private put(key: string, json: string): void {
    this.drop(key);
    this.items.set(key, { json, until: this.now() + KEPT_MS });
    this.characters += json.length;
    for (const [oldest, { until }] of this.items) {
      if (this.characters <= KEPT_CHARACTERS && until > this.now()) break;
      this.drop(oldest);
    }
  }

  private get(tenantId: string, id: string): JsonObject | undefined {
    const kept = this.items.get(`${tenantId}/${id}`);
    return kept && kept.until > this.now() ? parse(kept.json) : undefined;
  }

  private drop(key: string): void {
    const kept = this.items.get(key);
    if (!kept) return;
    this.items.delete(key);
    this.characters -= kept.json.length;
  }
}

function isReference(item: Json): item is { readonly type: 'item_reference'; readonly id: string } {
  return isObject(item) && item['type'] === 'item_reference' && typeof item['id'] === 'string';
}

function parse(text: string): JsonObject | undefined {
  const value: unknown = JSON.parse(text);
  return isObject(value) ? value : undefined;
}
