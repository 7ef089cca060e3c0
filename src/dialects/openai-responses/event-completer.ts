import { isObject, type JsonObject } from '../../contract/json';
import { asText } from '../tolerant';
import { completeItem, completePart, completeResponse, fill, replace } from './complete';

const IN_CONTENT: JsonObject = { content_index: 0 };
const IN_SUMMARY: JsonObject = { summary_index: 0 };
const IN_TEXT: JsonObject = { content_index: 0, logprobs: [] };

/** What events that belong to an item require besides its place. */
const IN_ITEM: ReadonlyMap<string, JsonObject> = new Map([
  ['response.content_part.added', IN_CONTENT],
  ['response.content_part.done', IN_CONTENT],
  ['response.output_text.delta', IN_TEXT],
  ['response.output_text.done', IN_TEXT],
  ['response.refusal.delta', IN_CONTENT],
  ['response.refusal.done', IN_CONTENT],
  ['response.reasoning_text.delta', IN_CONTENT],
  ['response.reasoning_text.done', IN_CONTENT],
  ['response.reasoning_summary_part.added', IN_SUMMARY],
  ['response.reasoning_summary_part.done', IN_SUMMARY],
  ['response.reasoning_summary_text.delta', IN_SUMMARY],
  ['response.reasoning_summary_text.done', IN_SUMMARY],
  ['response.function_call_arguments.delta', {}],
  ['response.function_call_arguments.done', {}],
]);

/** Gives the events of one stream the fields that the official schema requires; complete events come back as they are. */
export class EventCompleter {
  private sequence = 0;
  private responseId = '';
  /** The items announced so far, by output index. */
  private readonly items = new Map<number, JsonObject>();
  private latest = -1;

  constructor(private readonly request: JsonObject) {}

  complete(event: JsonObject): JsonObject {
    const completed = fill(this.completeBody(event), { sequence_number: this.sequence });
    if (typeof completed.sequence_number === 'number') this.sequence = completed.sequence_number + 1;
    return completed;
  }

  private completeBody(event: JsonObject): JsonObject {
    const type = asText(event.type);
    if (isObject(event.response)) return this.completeSnapshot(event, event.response);
    if (isObject(event.item)) return this.completeAnnounced(event, event.item);
    const required = IN_ITEM.get(type);
    if (!required) return event;
    const completed = fill(this.locate(event), required);
    if (isObject(completed.part)) return replace(completed, 'part', completePart(completed.part));
    if (type !== 'response.function_call_arguments.done') return completed;
    return fill(completed, { name: this.item(completed).name ?? '' });
  }

  private completeSnapshot(event: JsonObject, response: JsonObject): JsonObject {
    this.responseId = asText(response.id);
    return replace(event, 'response', completeResponse(response, this.request));
  }

  private completeAnnounced(event: JsonObject, item: JsonObject): JsonObject {
    const isNew = event.type === 'response.output_item.added';
    const located = fill(event, { output_index: isNew ? this.items.size : this.indexOf(item.id) });
    const index = Number(located.output_index);
    const known = this.items.get(index);
    const named = item.id === undefined && known?.id !== undefined ? { ...item, id: known.id } : item;
    const completed = completeItem(named, this.responseId, index, isNew ? 'in_progress' : 'completed');
    this.items.set(index, completed);
    if (isNew) this.latest = index;
    return replace(located, 'item', completed);
  }

  private locate(event: JsonObject): JsonObject {
    const isPlaced = event.output_index !== undefined;
    const placed = isPlaced ? event : { ...event, output_index: this.indexOf(event.item_id) };
    return fill(placed, { item_id: this.item(placed).id ?? '' });
  }

  private item(event: JsonObject): JsonObject {
    return this.items.get(Number(event.output_index)) ?? {};
  }

  private indexOf(id: unknown): number {
    if (id !== undefined) for (const [index, item] of this.items) if (item.id === id) return index;
    return Math.max(0, this.latest);
  }
}
