/** `json`: the text is that of a JSON document, and what is put back stands in its strings. */
export type Spelling = 'text' | 'json';

/** As much of the beginning of a text as tells whether it is JSON. */
export const HEAD = 32;
const JSON_BEGINS = /^\s{0,16}(?:\{\s{0,12}"|\[\s{0,12}["{])/;

/** Whether a text that begins so is JSON. */
export const beginsJson = (head: string): boolean => JSON_BEGINS.test(head);

/** How a value stands in a text. Answers that were asked for as JSON are texts like others: their beginning tells. */
export function spelt(value: string, spelling: Spelling, head: string): string {
  return spelling === 'json' || beginsJson(head) ? JSON.stringify(value).slice(1, -1) : value;
}
