const OPENING = /(?:^|[.!?:…\n]["'”’)]*)\s*["'“‘(¿¡-]*$/u;
/** As many characters before a word tell. */
const BEFORE = 8;

/** Whether a sentence begins there, so that a capital says nothing. */
export function opensSentence(prose: string, at: number): boolean {
  return OPENING.test(prose.slice(Math.max(0, at - BEFORE), at));
}
