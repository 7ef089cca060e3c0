// Every call of a drill, drawn before the first one leaves: the same seed makes the same calls at the same times.
import { question, TOOL } from './answers.mjs';
import { chance, exponential } from './random.mjs';

const ALIAS = 'fast';
/** Of all calls; of calls by /v1/messages half are streamed. */
const SHARES = { json: 0.6, stream: 0.3 };
const WITH_TOOLS = 0.15;
/** Calls in a hundred that go straight to the healthy double, on top of the others. */
const MEASURES = 0.1;
const SYSTEM = 'You answer questions about orders. Be brief.';
const TOOLS = {
  chat: [{ type: 'function', function: { name: TOOL, parameters: { type: 'object' } } }],
  messages: [{ name: TOOL, input_schema: { type: 'object' } }],
};

/**
 * @typedef {object} PlannedCall
 * @property {number} n
 * @property {number} at seconds from the start of the measured time; below zero: warm-up
 * @property {'chat' | 'messages'} door
 * @property {boolean} stream
 * @property {boolean} tools
 * @property {boolean} measure goes to the healthy double, past the gateway
 * @property {string} caller
 */

/** @returns {PlannedCall[]} in the order in which they leave */
export function plan({ seed, rate, warmUp, seconds, callers }) {
  const draw = chance(seed, 'calls');
  const calls = [];
  for (let at = -warmUp; (at += exponential(1 / (rate * (1 + MEASURES)), draw)) < seconds;) {
    const kind = draw();
    const door = kind < SHARES.json + SHARES.stream ? 'chat' : 'messages';
    calls.push({
      n: calls.length,
      at,
      door,
      stream: door === 'chat' ? kind >= SHARES.json : draw() < 0.5,
      tools: draw() < WITH_TOOLS,
      measure: draw() < MEASURES / (1 + MEASURES),
      caller: callers[Math.floor(draw() * callers.length)],
    });
  }
  return calls;
}

export const DOORS = { chat: '/v1/chat/completions', messages: '/v1/messages' };

/** @param {PlannedCall} call */
export function bodyOf({ n, door, stream, tools }) {
  const common = { model: ALIAS, stream, ...(tools && { tools: TOOLS[door] }) };
  const asked = { role: 'user', content: question(n) };
  if (door === 'messages') return { ...common, max_tokens: 300, system: SYSTEM, messages: [asked] };
  return {
    ...common,
    messages: [{ role: 'system', content: SYSTEM }, asked],
    ...(stream && { stream_options: { include_usage: true } }),
  };
}
