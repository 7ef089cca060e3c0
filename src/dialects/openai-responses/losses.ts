import type { ChatRequest, Part } from '../../contract/request';
import type { Target } from '../codec';

/** What a request of another dialect says that would be lost here, and without which it would mean something else. */
export function missing(request: ChatRequest): string[] {
  const parts = allParts(request);
  return named([
    ['n', request.n !== undefined && request.n > 1],
    ['stop', Boolean(request.stop?.length)],
    ['images given by file id', parts.some((part) => part.type === 'image' && part.source.kind === 'file')],
    ['documents given by file id', parts.some((part) => part.type === 'document' && part.source.kind === 'file')],
  ]);
}

/** What is left out of a request of another dialect, and reported. */
export function dropped(request: ChatRequest, target: Target): string[] {
  const parts = allParts(request);
  const asksToThink = request.thinking !== undefined && request.thinking.mode !== 'off';
  const hasThoughts = parts.some((part) => part.type === 'thinking' || part.type === 'redacted_thinking');
  const left = named([
    ['top_k', request.topK !== undefined],
    ['seed', request.seed !== undefined],
    ['presence_penalty', Boolean(request.presencePenalty)],
    ['frequency_penalty', Boolean(request.frequencyPenalty)],
    ['thinking', hasThoughts || (asksToThink && target.thinks === false)],
    ['messages.name', request.messages.some((message) => message.name !== undefined)],
    ['tool_result.is_error', parts.some((part) => part.type === 'tool_result' && part.isError === true)],
    ['cache_control', [...parts, ...request.tools].some((each) => 'cacheControl' in each && each.cacheControl)],
  ]);
  return [...request.hints, ...left];
}

function named(losses: readonly (readonly [name: string, isLost: unknown])[]): string[] {
  return losses.filter(([, isLost]) => isLost).map(([name]) => name);
}

/** Every part, those inside tool results included. */
function allParts(request: ChatRequest): Part[] {
  return request.messages.flatMap(({ parts }) =>
    parts.flatMap((part): Part[] => (part.type === 'tool_result' ? [part, ...part.parts] : [part])),
  );
}
