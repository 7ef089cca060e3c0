import type { Sendable } from '../../../contract/call';
import { estimateTokens } from '../../../contract/estimate-tokens';
import { isObject, type Json, type JsonObject } from '../../../contract/json';
import type { TrimmedFacts } from '../../../contract/selection';
import type { SelectionPolicy } from '../selection-policies';
import { type Conversation, conversationOf, type Decode } from './conversation';
import { withoutDuplicates } from './duplicates';
import { type Entry, listOf, partsOf, withContent } from './entry';
import { tidyText } from './tidy-text';
import { turnsToDrop, withoutTurns } from './window';

type TrimPolicy = SelectionPolicy['trim'];

export interface Trimmed {
  readonly form: Sendable;
  readonly facts: TrimmedFacts;
  /** Does the same to another form of the same call. */
  readonly again: (form: Sendable) => Sendable;
}

/** The call with as much of its prompt as the policy leaves; undefined where that is all of it. */
export function trimCall(form: Sendable, policy: TrimPolicy, decode: Decode): Trimmed | undefined {
  const conversation = conversationOf(form, decode);
  if (!conversation || form.request.operation !== 'chat') return undefined;
  // earlier turns that a provider holds are not ours to leave out
  const turns = form.request.continues === undefined ? turnsToDrop(conversation, policy) : 0;
  const done = shorten(conversation, policy, turns);
  if (!done || done.form.request.operation !== 'chat') return undefined;
  const tokens = Math.max(0, estimateTokens(form.request) - estimateTokens(done.form.request));
  return {
    form: done.form,
    facts: { tokens, turns, duplicates: done.duplicates },
    again: (other) => {
      const same = conversationOf(other, decode);
      return (same && shorten(same, policy, turns)?.form) ?? other;
    },
  };
}

function shorten(
  conversation: Conversation,
  { whitespace, duplicates, duplicateCharacters }: TrimPolicy,
  turns: number,
): { readonly form: Sendable; readonly duplicates: number } | undefined {
  const { frozen, frozenInstructions, instructions } = conversation;
  const kept = withoutTurns(conversation.entries, turns);
  let entries = kept.map((at) => conversation.entries[at] as Entry);
  // instructions alone may stand before the turns that are left out
  const fixed = kept.filter((at) => at < frozen).length;
  const single = duplicates
    ? withoutDuplicates(entries, fixed, duplicateCharacters)
    : { entries: entries.map(({ json }) => json), dropped: 0 };
  entries = entries.map((entry, i) => ({ ...entry, json: single.entries[i] as JsonObject }));
  const tidy = whitespace ? entries.map((entry, i) => (i < fixed ? entry.json : tidied(entry))) : single.entries;
  const said = whitespace && !frozenInstructions ? tidyInstructions(instructions) : instructions;
  const changed =
    turns > 0 ||
    said !== instructions ||
    tidy.some((json, i) => json !== conversation.entries[kept[i] as number]?.json);
  return changed ? { form: conversation.with(tidy, said), duplicates: single.dropped } : undefined;
}

/** What models said and tools found is left as it is: a beginning that is to be continued, a file, a log. */
function tidied({ kind, json }: Entry): JsonObject {
  if (kind !== 'user' && kind !== 'system') return json;
  const { content } = json;
  if (typeof content === 'string') {
    const text = tidyText(content);
    return text === content ? json : withContent(json, text);
  }
  const parts = partsOf(json);
  const tidy = parts.map(tidyPart);
  return tidy.some((part, i) => part !== parts[i]) ? withContent(json, tidy) : json;
}

function tidyInstructions(instructions: Json | undefined): Json | undefined {
  if (typeof instructions === 'string') return tidyText(instructions);
  const parts = listOf(instructions);
  const tidy = parts.map(tidyPart);
  return tidy.some((part, i) => part !== parts[i]) ? tidy : instructions;
}

function tidyPart(part: JsonObject): JsonObject {
  const { type, text } = part;
  if (!isObject(part) || (type !== 'text' && type !== 'input_text') || typeof text !== 'string') return part;
  const tidy = tidyText(text);
  return tidy === text ? part : { ...part, text: tidy };
}
