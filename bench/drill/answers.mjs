// What the doubles say, and how to tell: an answer follows from the call's number and the double's name alone.
import { chance } from './random.mjs';

export const CHUNKS = 30;
export const TOOL = 'look_up_order';
const WORDS =
  'the order was placed last week and the customer asks for a refund within thirty days of the invoice'.split(' ');
const FRAGMENT = 12;

/** The doubles that the gateway knows, by the name it has for them, in the order of the fallback chain. */
export const MODELS = { openai: 'gpt-4o-mini', anthropic: 'claude-haiku-4-5', local: 'llama-3.3' };
export const CHAIN = Object.keys(MODELS);
export const PRIMARY = CHAIN[0];

function words(double, call) {
  const draw = chance(double, call);
  const rest = Array.from({ length: CHUNKS - 3 }, () => WORDS[Math.floor(draw() * WORDS.length)]);
  return [double, 'answers', `${call}:`, ...rest].map((word) => `${word} `);
}

/**
 * @typedef {object} Answer
 * @property {string[]} pieces of a text, or of the JSON of a tool call's arguments
 * @property {boolean} tool
 */
/** @returns {Answer} */
export function answer(double, call, tool) {
  const text = words(double, call);
  if (!tool) return { pieces: text, tool };
  const json = JSON.stringify({ order: `${double}-${call}`, note: text.join('').slice(0, 200) });
  return { pieces: json.match(new RegExp(`.{1,${FRAGMENT}}`, 'g')), tool };
}

/** Which double gave this answer to that call; undefined when none did. */
export function giverOf({ text, tool }, call, wantsTool, doubles = CHAIN) {
  const given = wantsTool ? tool?.name === TOOL && canonical(tool.json) : text;
  return doubles.find((double) => given === answer(double, call, wantsTool).pieces.join(''));
}

/** A gateway may spell the same arguments in another way. */
function canonical(json) {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** What a call with this number asks; the doubles find the number in it. */
export const question = (call) => `Call ${call}. ${words('caller', call).join('').trim()}?`;
export const numberIn = (body) => Number(/Call (\d+)\./.exec(body)?.[1]);
