import type { Json } from '../../src/contract/json';
import type { Exchange, Script } from './upstream';
import { json } from './upstream-scripts';
import { replyFor } from './vendor-replies';

/** What a model was asked over HTTP, whichever vendor it is of. */
export interface Asked {
  readonly model: string;
  readonly system: string;
  readonly prompt: string;
}

/** Reads a question out of the body of Chat Completions or Messages. */
export function askedOf({ body }: Pick<Exchange, 'body'>): Asked {
  const { model, system, messages } = body as { model: string; system?: unknown; messages: Message[] };
  const of = (role: string): string =>
    messages
      .filter((message) => message.role === role)
      .map(({ content }) => textOf(content))
      .join('\n');
  return { model, system: system === undefined ? of('system') : textOf(system), prompt: of('user') };
}

interface Message {
  readonly role: string;
  readonly content: unknown;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return (content as readonly { readonly text?: string }[]).map(({ text = '' }) => text).join('\n');
}

/** A provider whose models answer in JSON. */
export const answersWith =
  (oracle: (asked: Asked) => Json | Promise<Json>): Script =>
  async (exchange) => {
    const answer = await oracle(askedOf(exchange));
    await json(replyFor(exchange, JSON.stringify(answer)))(exchange);
  };
