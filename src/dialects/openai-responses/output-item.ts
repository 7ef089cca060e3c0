import type { JsonObject } from '../../contract/json';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** One item of a response's output as it grows: its JSON at any time, and the stream events that tell of it. */
export abstract class OutputItem {
  protected status: ItemStatus = 'in_progress';

  constructor(
    readonly id: string,
    readonly index: number,
  ) {}

  /** The item so far. */
  abstract json(): JsonObject;

  /** Events between the item's announcement and its first content. */
  protected begin(): JsonObject[] {
    return [];
  }

  /** Events between the item's last content and its end. */
  protected abstract complete(status: ItemStatus): JsonObject[];

  open(): JsonObject[] {
    const item = this.json();
    return [{ type: 'response.output_item.added', output_index: this.index, item }, ...this.begin()];
  }

  close(status: ItemStatus): JsonObject[] {
    if (this.status !== 'in_progress') return [];
    const completed = this.complete(status);
    this.status = status;
    return [...completed, { type: 'response.output_item.done', output_index: this.index, item: this.json() }];
  }

  /** Where events inside this item stand. */
  protected get place(): JsonObject {
    return { item_id: this.id, output_index: this.index };
  }
}
