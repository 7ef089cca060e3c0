import type { ChatRequest, Message, Thinking } from '../../../contract/request';
import { isCodeLine } from '../code-line';
import { KnownWords, wordsOf } from './known-words';
import { MATHEMATICS, REASONING, ROUTINE } from './vocabulary';

/** What rules know of a call. */
export interface Features {
  /** Of all that the user said, the last message alone, and how many times the user spoke. */
  readonly promptCharacters: number;
  readonly lastCharacters: number;
  readonly turns: number;
  readonly codeLines: number;
  readonly mathematics: number;
  readonly reasoning: number;
  readonly routine: number;
  readonly tools: number;
  readonly structured: boolean;
  readonly images: number;
  readonly documents: number;
  /** The caller wants the model to think. */
  readonly thinks: boolean;
  readonly maxTokens: number | undefined;
}

/** A short follow-up is as hard as what it follows: so many messages of the user are read. */
const MESSAGES_READ = 3;
/** Of each: what is asked stands at the beginning or at the end. */
const CHARACTERS_READ = 4_000;
const LINES_READ = 400;

const REASONING_WORDS = new KnownWords(REASONING);
const MATHEMATICAL_WORDS = new KnownWords(MATHEMATICS);
const ROUTINE_WORDS = new KnownWords(ROUTINE);
/** Signs of formulas: LaTeX, operators that no prose uses, `2x + 3 =`. */
const FORMULA =
  /\\(?:frac|sum|int|sqrt|lim|begin|cdot|partial)\b|\$\$|[∫∑∏√∂∇≤≥≠≈∈∀∃]|\d ?[a-z]? ?[-+*/^] ?\d{1,9} ?[a-z]? ?=/g;
const FORMULAS_COUNTED = 10;

export function featuresOf(request: ChatRequest): Features {
  const said = request.messages.filter(isSaid);
  const read = said.slice(-MESSAGES_READ).map((message) => excerpt(textOf(message)));
  const text = read.join('\n');
  const words = wordsOf(text);
  const { thinking, responseFormat } = request;
  return {
    promptCharacters: request.messages.reduce((sum, message) => sum + lengthOf(message), 0),
    lastCharacters: said.length ? lengthOf(said.at(-1) as Message) : 0,
    turns: said.length,
    codeLines: codeLines(text),
    mathematics: MATHEMATICAL_WORDS.count(words) + formulas(text),
    reasoning: REASONING_WORDS.count(words),
    // what was asked before is done
    routine: ROUTINE_WORDS.count(read.length > 1 ? wordsOf(read.at(-1) ?? '') : words),
    tools: request.tools.length,
    structured: responseFormat?.type === 'json_schema',
    images: count(request, 'image'),
    documents: count(request, 'document'),
    thinks: thinking !== undefined && wantsThought(thinking),
    maxTokens: request.maxTokens,
  };
}

const MUCH: ReadonlySet<string | undefined> = new Set(['high', 'xhigh', 'max']);

/** A model that thinks as it sees fit is no sign of a hard call. */
function wantsThought({ mode, effort }: Thinking): boolean {
  return mode !== 'off' && (effort === undefined ? mode === 'on' : MUCH.has(effort));
}

/** Results of tools are no words of a person. */
function isSaid({ role, parts }: Message): boolean {
  return role === 'user' && parts.some(({ type }) => type !== 'tool_result');
}

function textOf({ parts }: Message): string {
  return parts.flatMap((part) => (part.type === 'text' ? part.text : [])).join('\n');
}

function lengthOf({ parts }: Message): number {
  let length = 0;
  for (const part of parts) {
    if (part.type === 'text') length += part.text.length;
    if (part.type === 'document' && part.source.kind === 'text') length += part.source.text.length;
    if (part.type === 'tool_result')
      for (const inner of part.parts) if (inner.type === 'text') length += inner.text.length;
  }
  return length;
}

function excerpt(text: string): string {
  if (text.length <= CHARACTERS_READ) return text;
  return `${text.slice(0, CHARACTERS_READ / 2)}\n${text.slice(-CHARACTERS_READ / 2)}`;
}

function codeLines(text: string): number {
  let lines = 0;
  for (const line of text.split('\n', LINES_READ)) {
    const bare = line.trim();
    // a fence announces more than a line
    if (bare.startsWith('```')) lines += 2;
    else if (isCodeLine(bare)) lines++;
  }
  return lines;
}

function formulas(text: string): number {
  let found = 0;
  for (const _ of text.matchAll(FORMULA)) if (++found === FORMULAS_COUNTED) break;
  return found;
}

function count({ messages }: ChatRequest, type: 'image' | 'document'): number {
  let found = 0;
  for (const { parts } of messages) for (const part of parts) if (part.type === type) found++;
  return found;
}
