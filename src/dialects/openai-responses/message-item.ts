import type { JsonObject } from '../../contract/json';
import { OutputItem } from './output-item';

/** An assistant message of one text or one refusal. */
export class MessageItem extends OutputItem {
  private text = '';

  constructor(
    id: string,
    index: number,
    private readonly kind: 'output_text' | 'refusal',
  ) {
    super(id, index);
  }

  add(delta: string): JsonObject[] {
    this.text += delta;
    return [{ type: `response.${this.kind}.delta`, ...this.contentPlace, delta, ...this.logprobs }];
  }

  override json(): JsonObject {
    const content = this.status === 'in_progress' ? [] : [this.part(this.text)];
    return { id: this.id, type: 'message', status: this.status, role: 'assistant', content };
  }

  protected override begin(): JsonObject[] {
    return [{ type: 'response.content_part.added', ...this.contentPlace, part: this.part('') }];
  }

  protected override complete(): JsonObject[] {
    const said: JsonObject = this.kind === 'refusal' ? { refusal: this.text } : { text: this.text };
    return [
      { type: `response.${this.kind}.done`, ...this.contentPlace, ...said, ...this.logprobs },
      { type: 'response.content_part.done', ...this.contentPlace, part: this.part(this.text) },
    ];
  }

  private part(text: string): JsonObject {
    if (this.kind === 'refusal') return { type: 'refusal', refusal: text };
    return { type: 'output_text', text, annotations: [], logprobs: [] };
  }

  private get contentPlace(): JsonObject {
    return { ...this.place, content_index: 0 };
  }

  private get logprobs(): JsonObject {
    return this.kind === 'output_text' ? { logprobs: [] } : {};
  }
}
