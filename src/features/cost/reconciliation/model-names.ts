/** `-2024-08-06`, `-20250514`, `@20250514`, `-0613`: which edition of a model it is. */
const EDITION = /[-@](\d{4}-\d\d-\d\d|\d{8}|\d{4})$/;

/** A model's name without the date of its edition: the gateway is asked for the one, and the bill is about the other. */
export function undated(model: string): string {
  return model
    .trim()
    .toLowerCase()
    .replace(EDITION, '')
    .replace(/-latest$/, '');
}
