export interface Ignoring {
  readonly ignoreCase: boolean;
  readonly ignoreSpace: boolean;
  readonly ignorePunctuation: boolean;
}

/** A text with what does not matter taken out. The same letter is the same, however it was put together. */
export function normalised(text: string, { ignoreCase, ignoreSpace, ignorePunctuation }: Ignoring): string {
  let made = text.normalize('NFC');
  if (ignorePunctuation) made = made.replace(/\p{P}/gu, ' ');
  if (ignoreSpace || ignorePunctuation) made = made.replace(/\s+/gu, ' ').trim();
  // lower case alone would keep apart what has no lower-case form of its own
  return ignoreCase ? made.toUpperCase().toLowerCase() : made;
}
