import type { Json } from '../../contract/json';

const DEPTH = 64;
const VALUES = 100_000;

/** What a model wrote as JSON. Undefined when it is not JSON, nests deeper than 64 levels or holds more than 100,000 values. */
export function parseAnswer(text: string): Json | undefined {
  if (!isBounded(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** One pass before anything is built. */
function isBounded(text: string): boolean {
  let [depth, values, quoted] = [0, 1, false];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted) {
      if (character === '\\') i++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',' || character === '[' || character === '{') {
      if (++values > VALUES) return false;
      if (character !== ',' && ++depth > DEPTH) return false;
    } else if (character === ']' || character === '}') depth--;
  }
  return true;
}
