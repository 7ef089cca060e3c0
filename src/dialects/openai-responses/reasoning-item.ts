import type { JsonObject } from '../../contract/json';
import { OutputItem } from './output-item';
import { seal } from './seal';

/** A thought: its text as a summary, its proof of origin sealed. */
export class ReasoningItem extends OutputItem {
  private text = '';
  private signature?: string;
  private data?: string;

  constructor(
    id: string,
    index: number,
    /** Whether the caller wants `encrypted_content` on every thought. */
    private readonly alwaysSealed: boolean,
  ) {
    super(id, index);
  }

  add(delta: string): JsonObject[] {
    const begun = this.text ? [] : [this.summaryPart('added', '')];
    this.text += delta;
    return [...begun, { type: 'response.reasoning_summary_text.delta', ...this.summaryPlace, delta }];
  }

  sign(signature: string): void {
    this.signature = (this.signature ?? '') + signature;
  }

  redact(data: string): void {
    this.data = data;
  }

  override json(): JsonObject {
    const summary = this.text && this.status !== 'in_progress' ? [{ type: 'summary_text', text: this.text }] : [];
    return { id: this.id, type: 'reasoning', summary, ...this.encrypted };
  }

  protected override complete(): JsonObject[] {
    if (!this.text) return [];
    return [
      { type: 'response.reasoning_summary_text.done', ...this.summaryPlace, text: this.text },
      this.summaryPart('done', this.text),
    ];
  }

  private summaryPart(event: 'added' | 'done', text: string): JsonObject {
    const part = { type: 'summary_text', text };
    return { type: `response.reasoning_summary_part.${event}`, ...this.summaryPlace, part };
  }

  private get summaryPlace(): JsonObject {
    return { ...this.place, summary_index: 0 };
  }

  private get encrypted(): JsonObject {
    const { signature, data } = this;
    const hasProof = signature !== undefined || data !== undefined;
    if (this.status === 'in_progress' || !(hasProof || this.alwaysSealed)) return {};
    return { encrypted_content: seal({ signature, data }) };
  }
}
