import type { JsonObject } from '../../src/contract/json';
import type { Random } from './hostile/random';

export type ConversationDialect = 'openai-chat' | 'anthropic-messages' | 'openai-responses';

const MARK = { cache_control: { type: 'ephemeral' } };
const PARAGRAPHS = [
  'A paragraph that comes again and again.  It has two sentences, and more than forty characters.',
  'Another of these, with  blanks at its end.   \nAnd a second line, so that there is something to lose.',
  '```\ncode  that \n\n\n  must stay as it is, whatever happens to it\n```',
  'Short.', '| a  | b |\n|---|---|', '{"json":  true,  "n": 1}', '\n\n\n', 'What about this one?  ', "He said 'a  b'.",
] as const; // prettier-ignore

interface Step {
  readonly who: 'user' | 'assistant' | 'system' | 'tool';
  readonly texts: readonly string[];
  readonly marked: boolean;
  readonly id: string;
}

/** What is said in a conversation, before a dialect spells it. A step of a tool is its call and its result. */
function conversation(random: Random): Step[] {
  const texts = () => Array.from({ length: 1 + random.below(3) }, () =>
    Array.from({ length: 1 + random.below(4) }, () => random.pick(PARAGRAPHS)).join('\n\n')); // prettier-ignore
  const whos = ['user', 'user', 'assistant', 'tool', 'assistant', 'user', 'tool'] as const;
  const steps = Array.from({ length: 1 + random.below(14) }, (_, i) => ({
    who: random.chance(0.05) ? ('system' as const) : random.pick(whos),
    texts: texts(),
    marked: random.chance(0.03),
    id: `call_${i}`,
  }));
  return [{ who: 'user', texts: texts(), marked: false, id: 'first' }, ...steps];
}

const parts = ({ texts, marked }: Step, type: string): JsonObject[] =>
  texts.map((text, i) => ({ type, text, ...(marked && i === texts.length - 1 && MARK) }));

function chatMessages(step: Step): JsonObject[] {
  if (step.who !== 'tool') return [{ role: step.who, content: parts(step, 'text') }];
  const call = { id: step.id, type: 'function', function: { name: 'f', arguments: '{"a":  "x  y"}' } };
  return [{ role: 'assistant', content: null, tool_calls: [call] }, { role: 'tool', tool_call_id: step.id, content: step.texts[0] ?? '' }];
} // prettier-ignore

function anthropicMessages(step: Step): JsonObject[] {
  if (step.who !== 'tool') return [{ role: step.who, content: parts(step, 'text') }];
  const result = { type: 'tool_result', tool_use_id: step.id, content: parts(step, 'text') };
  return [{ role: 'assistant', content: [{ type: 'tool_use', id: step.id, name: 'f', input: { a: 'x  y' } }] }, { role: 'user', content: [result] }];
} // prettier-ignore

function responsesItems(step: Step): JsonObject[] {
  const bare = { ...step, marked: false };
  if (step.who === 'tool')
    return [{ type: 'function_call', call_id: step.id, name: 'f', arguments: '{}' }, { type: 'function_call_output', call_id: step.id, output: step.texts[0] ?? '' }];
  return [{ role: step.who, content: parts(bare, step.who === 'assistant' ? 'output_text' : 'input_text') }];
} // prettier-ignore

/** The body of a request that goes on with a conversation. */
function spelled(dialect: ConversationDialect, steps: readonly Step[]): JsonObject {
  const spell = { 'openai-chat': chatMessages, 'anthropic-messages': anthropicMessages, 'openai-responses': responsesItems }[dialect]; // prettier-ignore
  const items = steps.flatMap(spell);
  if (dialect === 'openai-responses') return { model: 'm', input: items, instructions: PARAGRAPHS[0] };
  if (dialect === 'anthropic-messages') return { model: 'm', max_tokens: 9, messages: items, system: PARAGRAPHS[0] };
  return { model: 'm', messages: items };
}

/** The body of a request in which a conversation of some turns, tools and repeated texts is told. */
export function anyConversation(dialect: ConversationDialect, random: Random): JsonObject {
  return spelled(dialect, conversation(random));
}
