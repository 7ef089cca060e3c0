import type { ChatRequest, Message, Part, Tool } from '../../../contract/request';
import { assess } from './assess';
import { RULES } from './rules';

const SCORES = { mediumScore: 2, highScore: 4 };
const text = (said: string): Part => ({ type: 'text', text: said });
const user = (...parts: readonly (string | Part)[]): Message => ({
  role: 'user',
  parts: parts.map((part) => (typeof part === 'string' ? text(part) : part)),
});
const assistant = (said: string): Message => ({ role: 'assistant', parts: [text(said)] });
const asking = (said: string | readonly Message[], more: Partial<ChatRequest> = {}): ChatRequest => ({
  operation: 'chat',
  model: 'auto',
  stream: false,
  messages: typeof said === 'string' ? [user(said)] : said,
  tools: [],
  hints: [],
  extras: [],
  ...more,
});
const tools = (n: number): Tool[] => Array.from({ length: n }, (_, i) => ({ name: `f${i}`, schema: {} }));
const image: Part = { type: 'image', source: { kind: 'url', url: 'https://example.org/x.png' } };
const CODE = '```ts\nconst a = 1;\n```';

describe('assess', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['a greeting', 'Hi there!', 'low', []],
    ['a question', 'What is the capital of France?', 'low', []],
    ['a translation', 'Translate to Portuguese: good morning', 'low', ['routine']],
    ['the same in Portuguese', 'Traduza para o inglês: bom dia', 'low', ['routine']],
    ['a summary in Spanish', 'Haz un resumen de este texto: hola', 'low', ['routine']],
    ['one word of thought', 'Compare cats and dogs', 'low', ['reasoning']],
    ['code', `What does this do?\n${CODE}`, 'medium', ['code']],
    ['code without a fence', 'Why?\ndef f(x):\n    return x[0]\nprint(f(1));', 'medium', ['code']],
    ['mathematics', 'Solve for x: 3x + 5 = 20', 'medium', ['mathematics']],
    ['a formula', 'Compute $$\\int_0^1 x^2 dx$$', 'medium', ['mathematics']],
    ['thought in Portuguese', 'Analise passo a passo e justifique a estratégia', 'medium', ['reasoning', 'much_reasoning']],
    ['thought in Spanish', 'Explica por qué, compara y justifica', 'medium', ['reasoning', 'much_reasoning']],
    ['code and thought', `Debug this step by step and explain why:\n${CODE}`, 'high', ['code', 'reasoning', 'much_reasoning']],
    ['a proof', 'Prove step by step, and derive the lemma', 'high', ['mathematics', 'reasoning', 'much_reasoning']],
  ])('takes %s for what it is', (_what, said, level, reasons) =>
    expect(assess(asking(said), SCORES)).toEqual({ level, reasons }),
  ); // prettier-ignore

  it.each<[string, ChatRequest, string, readonly string[]]>([
    ['a tool', asking('hi', { tools: tools(1) }), 'low', ['tools']],
    ['many tools', asking('hi', { tools: tools(6) }), 'medium', ['tools', 'many_tools']],
    ['a schema', asking('hi', { responseFormat: { type: 'json_schema', schema: {} } }), 'low', ['structured_output']],
    ['an image and a tool', asking([user('hi', image)], { tools: tools(1) }), 'medium', ['tools', 'images']],
    ['much thinking', asking('hi', { thinking: { mode: 'on', effort: 'high' } }), 'medium', ['thinking']],
    ['a budget to think', asking('hi', { thinking: { mode: 'on', budgetTokens: 9_000 } }), 'medium', ['thinking']],
    ['thinking as it sees fit', asking('hi', { thinking: { mode: 'adaptive' } }), 'low', []],
    ['little thinking', asking('hi', { thinking: { mode: 'on', effort: 'low' } }), 'low', []],
    ['a long answer', asking('hi', { maxTokens: 32_000 }), 'low', ['long_answer']],
    ['a long prompt', asking('word '.repeat(20_000)), 'medium', ['long_prompt', 'very_long_prompt', 'long_question']],
    ['a long talk', asking(Array.from({ length: 22 }, (_, i) => (i % 2 ? assistant('a') : user('q')))), 'low', ['long_history']],
  ])('counts %s', (_what, request, level, reasons) =>
    expect(assess(request, SCORES)).toEqual({ level, reasons }),
  ); // prettier-ignore

  it('takes a short follow-up for as hard as what it follows, and forgets it after a while', () => {
    const hard = user(`Debug this step by step and explain why:\n${CODE}`);
    const after = (n: number) => [hard, ...Array.from({ length: n }, () => [assistant('ok'), user('go on')]).flat()];
    expect(assess(asking(after(1)), SCORES).level).toBe('high');
    expect(assess(asking(after(2)), SCORES).level).toBe('high');
    expect(assess(asking(after(3)), SCORES).level).toBe('low');
  });

  it('does not take results of tools for words of a person', () => {
    const result = user({ type: 'tool_result', toolCallId: 'c', parts: [{ type: 'text', text: 'prove the theorem' }] });
    expect(assess(asking([user('hi'), result]), SCORES)).toEqual({ level: 'low', reasons: [] });
  });

  it('draws the lines where the policy does', () => {
    expect(assess(asking(CODE), { mediumScore: 1, highScore: 2 }).level).toBe('high');
    expect(assess(asking(CODE), { mediumScore: 3, highScore: 9 }).level).toBe('low');
  });

  it('has a name of its own for each rule', () => {
    expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
  });

  it.each(['a', ' ', '`', '1+', '\\', '\n', 'é', '3x + 5 ', '\u0301'])('reads a megabyte of %j at once', (part) => {
    const started = performance.now();
    assess(asking(part.repeat(1_000_000 / part.length)), SCORES);
    expect(performance.now() - started).toBeLessThan(300);
  });
});
