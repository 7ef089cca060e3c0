import type { ChatRequest, ModelRequest } from '../../../contract/request';

export interface Question {
  readonly text: string;
  /** The request without the question's text. */
  readonly rest: ChatRequest;
}

/** The question that a call ends with: a last message of the user in plain text, whatever was said before it. */
export function questionOf(request: ModelRequest): Question | undefined {
  if (request.operation !== 'chat') return undefined;
  const turn = request.messages.findLast(({ role }) => role !== 'system');
  if (turn?.role !== 'user') return undefined;
  const texts = turn.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  if (!texts.length || texts.length !== turn.parts.length) return undefined;
  const messages = request.messages.map((message) => (message === turn ? { ...turn, parts: [] } : message));
  return { text: texts.join('\n'), rest: { ...request, messages } };
}
