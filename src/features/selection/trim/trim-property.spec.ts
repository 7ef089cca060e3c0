import { anyConversation } from '../../../../test/support/conversations';
import { Random } from '../../../../test/support/hostile/random';
import type { Sendable } from '../../../contract/call';
import type { ChatRequest, Message, Part } from '../../../contract/request';
import type { Selection } from '../../../platform/config/selection';
import { decodeBody } from '../decode-body';
import { trimCall, type Trimmed } from './trim-call';

const SEED = Number(process.env['GATEHOUSE_TEST_SEED'] ?? 20261128);
const ROUNDS = 400;

type Trim = Selection['trim'];
type Checked = (asked: ChatRequest, sent: ChatRequest, facts: Trimmed['facts'], policy: Trim) => boolean;

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

const textsIn = (parts: readonly Part[]) => parts.flatMap((part) => (part.type === 'text' ? part.text : []));
const bare = (text: string) => text.replace(/\s/g, '');
const wordsOf = ({ parts }: Message) => bare(textsIn(parts).join('\n'));
const isSaid = ({ role, parts }: Message) => role === 'user' && parts.every(({ type }) => type === 'text');
const isSystem = ({ role }: Message) => role === 'system';
const same = (one: unknown, two: unknown) => JSON.stringify(one) === JSON.stringify(two);

/** What stays of a conversation, as it was: all instructions, and what was said last. */
function remainder({ messages }: ChatRequest, sent: ChatRequest): readonly Message[] {
  const said = messages.filter((message) => !isSystem(message));
  const gone = said.slice(0, said.length - sent.messages.filter((message) => !isSystem(message)).length);
  return messages.filter((message) => !gone.includes(message));
}

function orphans({ messages }: ChatRequest): string[] {
  const calls = new Set<string>();
  return messages
    .flatMap(({ parts }) => parts)
    .flatMap((part) => {
      if (part.type === 'tool_call') calls.add(part.id);
      return part.type === 'tool_result' && !calls.has(part.toolCallId) ? part.toolCallId : [];
    });
}

function isSubsequence(shorter: string, longer: string): boolean {
  let at = 0;
  for (const character of longer) if (shorter.startsWith(character, at)) at += character.length;
  return at === shorter.length;
}

/** What holds of every call that was shortened. */
const PROMISES: Readonly<Record<string, Checked>> = {
  'no result of a tool is without its call': (asked, sent) => same(orphans(asked), orphans(sent)),
  'nothing is gone but the oldest turns': (asked, sent, { turns }) =>
    remainder(asked, sent).length === sent.messages.length && (turns > 0 || asked.messages.length === sent.messages.length),
  'a conversation begins with words of the user': (_asked, sent, { turns }) =>
    turns === 0 || isSaid(sent.messages.find((message) => !isSystem(message)) as Message),
  'instructions lose nothing but blanks': (asked, sent) =>
    same(asked.messages.filter(isSystem).map(wordsOf), sent.messages.filter(isSystem).map(wordsOf)),
  'what models said and tools found is as it was': (asked, sent) => {
    const fixed = (messages: readonly Message[]) => messages.filter((message) => !isSystem(message) && !isSaid(message));
    return same(fixed(remainder(asked, sent)), fixed(sent.messages));
  },
  'what users said is shorter, not other': (asked, sent) =>
    remainder(asked, sent).every((message, i) => !isSaid(message) || isSubsequence(textOf(sent.messages[i]), textOf(message))),
  'every word of it is there, or in a later message of the user': (asked, sent) => {
    const words = sent.messages.filter(isSaid).map(wordsOf);
    return remainder(asked, sent).filter(isSaid).every(({ parts }, i) =>
      textsIn(parts).every((text) => text.split('\n\n').map(bare).every((block) => words.slice(i).some((later) => later.includes(block)))));
  },
  'without duplicates it loses nothing but blanks': (asked, sent, _facts, { duplicates }) =>
    duplicates || same(remainder(asked, sent).map(wordsOf), sent.messages.map(wordsOf)),
  'its blanks stay where they are to stay': (asked, sent, _facts, { duplicates, whitespace }) =>
    duplicates || whitespace || same(remainder(asked, sent), sent.messages),
  'what a provider caches is as it was': (asked, sent) => {
    const marked = asked.messages.findLastIndex(({ parts }) => parts.some((part) => 'cacheControl' in part && part.cacheControl));
    return same(asked.messages.slice(0, marked + 1), sent.messages.slice(0, marked + 1));
  },
  'the last words are all there': (asked, sent) =>
    wordsOf(asked.messages.at(-1) as Message) === wordsOf(sent.messages.at(-1) as Message),
  'no more is told to be saved than there was': (_asked, _sent, { tokens }) => tokens >= 0,
}; // prettier-ignore
const textOf = (message: Message | undefined) => textsIn(message?.parts ?? []).join('');

describe.each(['openai-chat', 'anthropic-messages', 'openai-responses'] as const)(
  'a shortened call of %s',
  (dialect) => {
    it(`has lost nothing but what was to be left out, whatever was said (seed ${SEED})`, () => {
      const random = new Random(SEED);
      let shortened = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const wire = { dialect, body: frozen(anyConversation(dialect, random)), headers: {} };
        const before: Sendable = { request: decodeBody(wire), wire };
        const policy: Trim = {
          whitespace: random.chance(0.5),
          duplicates: random.chance(0.5),
          duplicateCharacters: 40 + random.below(200),
          ...(random.chance(0.4) && { turns: 1 + random.below(5) }),
          ...(random.chance(0.3) && { tokens: 1 + random.below(400) }),
          ...(random.chance(0.5) && { step: 1 + random.below(3) }),
        };
        const trimmed = trimCall(before, policy, decodeBody);
        if (!trimmed) continue;
        shortened++;
        const { form, facts, again } = trimmed;
        const [asked, sent] = [before.request as ChatRequest, form.request as ChatRequest];
        const broken = Object.entries(PROMISES).filter(([, holds]) => !holds(asked, sent, facts, policy));
        expect({ round, broken: broken.map(([promise]) => promise) }).toEqual({ round, broken: [] });
        // both forms of the call say the same, and doing it again does the same
        expect(decodeBody(form.wire)).toEqual(sent);
        expect(again(before)).toEqual(form);
      }
      expect(shortened).toBeGreaterThan(ROUNDS / 4);
    });
  },
);
