import type { JsonObject } from '../../contract/json';
import { NO_USAGE, type ReplyEvent } from '../../contract/reply';
import type { ReplyContext } from '../codec';
import { ChoiceCollector } from './choice-collector';
import { isChoiceEvent } from './choice-event';
import { completionId } from './completion-id';
import { encodeUsage } from './usage';

export function encodeReply(events: readonly ReplyEvent[], context: ReplyContext): JsonObject {
  const choices = new Map<number, ChoiceCollector>();
  let id = '';
  let model = '';
  let usage = NO_USAGE;
  for (const event of events) {
    if (event.type === 'start') ({ id, model } = event);
    else if (event.type === 'end') usage = event.usage;
    else if (isChoiceEvent(event)) collectorOf(choices, event.choice ?? 0).add(event);
  }
  return {
    id: completionId(id, context.requestId),
    object: 'chat.completion',
    created: context.created,
    model,
    choices: [...choices.entries()].sort(([a], [b]) => a - b).map(([, choice]) => choice.encode()),
    usage: encodeUsage(usage),
  };
}

function collectorOf(choices: Map<number, ChoiceCollector>, index: number): ChoiceCollector {
  let choice = choices.get(index);
  if (!choice) choices.set(index, (choice = new ChoiceCollector(index)));
  return choice;
}
