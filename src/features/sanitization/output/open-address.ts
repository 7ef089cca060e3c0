/** What may still become an address, or a tag with one, at the end of a text that goes on. */
const BEGINNING =
  /(?:!?\[[^\]]{0,200}(?:\](?:\([^)\s]{0,2048})?)?|!|<[a-z!/-]{0,8}(?:\s[^>]{0,2400})?|\b[a-z]{2,12}:(?:\/[^\s<>"]{0,2048})?|\/\/[^\s<>"]{0,2048})$/i;
const LOOKED_BACK = 2_600;

/** Where an address begins that is not over yet; the length of the text when there is none. */
export function openAddress(text: string): number {
  const from = Math.max(0, text.length - LOOKED_BACK);
  const found = BEGINNING.exec(text.slice(from));
  return found ? from + found.index : text.length;
}
