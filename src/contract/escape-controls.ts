/**
 * Characters that a terminal obeys or a reader does not see: C0, DEL and C1 controls, line and paragraph separators, marks and
 * overrides of direction, zero-width characters, tags. Tab and line feed are asked for apart.
 */
const UNSEEN =
  '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb';
const DEL = '\u007f';
const TAGS = '\\udb40[\\udc00-\\udc7f]';
const IN_TEXT = new RegExp(`[${UNSEEN}]|${TAGS}`);
const IN_LINE = new RegExp(`[\\u0009\\u000a${UNSEEN}]|${TAGS}`);
const ALL_IN_TEXT = new RegExp(IN_TEXT.source, 'g');
const ALL_IN_LINE = new RegExp(IN_LINE.source, 'g');

/** Several lines for people: tabs and line feeds stay, whatever else could move a cursor is spelled `\uXXXX`. */
export function escapeControls(text: string): string {
  return IN_TEXT.test(text) ? text.replace(ALL_IN_TEXT, spelled) : text;
}

/** One line, or a part of one. */
export function escapeLine(text: string): string {
  return IN_LINE.test(text) ? text.replace(ALL_IN_LINE, spelled) : text;
}

/** Whether a line of JSON, where what is below a space is escaped already, needs nothing more. May say no without need. */
export function isPlainJson(line: string): boolean {
  // ASCII, as most lines are, has as many bytes as characters
  return Buffer.byteLength(line) === line.length && !line.includes(DEL);
}

function spelled(found: string): string {
  let text = '';
  for (let at = 0; at < found.length; at++) text += `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return text;
}
