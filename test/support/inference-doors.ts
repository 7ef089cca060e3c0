/** The three ways to hold a conversation, as their clients see them. */
export interface InferenceDoor {
  readonly name: 'chat' | 'responses' | 'messages';
  readonly path: string;
  /** A request for one answer. */
  readonly ask: (model: string, prompt: string, stream: boolean) => Record<string, unknown>;
  /** The text of a whole answer. */
  readonly text: (body: Body) => string;
  /** The piece of text in one event of a stream. */
  readonly delta: (event: Body) => string;
  /** How a stream says that it is complete. */
  readonly isLast: (event: string, data: string) => boolean;
  /** The error that an event or a body reports. */
  readonly error: (body: Body) => Failure | undefined;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
}

// answers of all shapes: a test that reads a field which is not there fails on the value
type Body = { readonly [name: string]: Body } & readonly Body[];

const string = (value: unknown): string => (typeof value === 'string' ? value : '');

const openAiError = (body: Body): Failure | undefined =>
  body?.['error']?.['message']
    ? { code: string(body['error']['code']), message: string(body['error']['message']) }
    : undefined;

export const DOORS: readonly InferenceDoor[] = [
  {
    name: 'chat',
    path: '/v1/chat/completions',
    ask: (model, prompt, stream) => ({ model, messages: [{ role: 'user', content: prompt }], stream }),
    text: (body) => string(body['choices']?.[0]?.['message']?.['content']),
    delta: (event) => string(event['choices']?.[0]?.['delta']?.['content']),
    isLast: (_event, data) => data === '[DONE]',
    error: openAiError,
  },
  {
    name: 'responses',
    path: '/v1/responses',
    ask: (model, prompt, stream) => ({ model, input: prompt, stream, store: false }),
    text: (body) => string(body['output']?.[0]?.['content']?.[0]?.['text']),
    delta: (event) => (string(event['type']) === 'response.output_text.delta' ? string(event['delta']) : ''),
    isLast: (event) => event === 'response.completed',
    error: (body) => {
      const error = string(body['type']) === 'error' ? body : (body['response']?.['error'] ?? body['error']);
      return error?.['message'] ? { code: string(error['code']), message: string(error['message']) } : undefined;
    },
  },
  {
    name: 'messages',
    path: '/v1/messages',
    ask: (model, prompt, stream) => ({ model, max_tokens: 100, messages: [{ role: 'user', content: prompt }], stream }),
    text: (body) => string(body['content']?.[0]?.['text']),
    delta: (event) => string(event['delta']?.['text']),
    isLast: (event) => event === 'message_stop',
    error: (body) =>
      string(body['type']) === 'error'
        ? { code: string(body['error']?.['type']), message: string(body['error']?.['message']) }
        : undefined,
  },
];

export interface StreamEnd {
  readonly text: string;
  /** Said that it is complete. */
  readonly complete: boolean;
  readonly failure?: Failure;
  readonly events: readonly Body[];
}

/** What a client makes of a whole stream. */
export function readStream(door: InferenceDoor, bytes: string): StreamEnd {
  let text = '';
  let complete = false;
  let failure: Failure | undefined;
  const events: Body[] = [];
  for (const frame of bytes.split(/\r?\n\r?\n/)) {
    const event = /^event: ?([^\r\n]*)/m.exec(frame)?.[1] ?? '';
    const data = /^data: ?([^\r\n]*)/m.exec(frame)?.[1];
    if (data === undefined) continue;
    complete ||= door.isLast(event, data);
    if (data === '[DONE]') continue;
    const body = JSON.parse(data) as Body;
    events.push(body);
    text += door.delta(body);
    failure ??= door.error(body);
  }
  return { text, complete, failure, events };
}
