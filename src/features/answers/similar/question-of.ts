import type { ChatRequest, ModelRequest } from '../../../contract/request';

export interface Question {
  readonly text: string;
  /** The request without the question's text. */
  readonly rest: ChatRequest;
}

/** The question of a call that is nothing but one: a single message of plain text, after instructions if any. */
export function questionOf(request: ModelRequest): Question | undefined {
  if (request.operation !== 'chat') return undefined;
  const turns = request.messages.filter(({ role }) => role !== 'system');
  const [turn] = turns;
  if (turns.length !== 1 || turn?.role !== 'user') return undefined;
  const texts = turn.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  if (!texts.length || texts.length !== turn.parts.length) return undefined;
  const messages = request.messages.map((message) => (message === turn ? { ...turn, parts: [] } : message));
  return { text: texts.join('\n'), rest: { ...request, messages } };
}
