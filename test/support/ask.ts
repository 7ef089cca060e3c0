import { request, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Gateway } from './gateway';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The connection broke before the answer was complete. */
  readonly broken: boolean;
}

export interface Asking {
  readonly request: ClientRequest;
  /** The head of the answer; its body is not read unless somebody does. */
  readonly response: Promise<IncomingMessage>;
}

/** Begins a call on a connection of its own. */
export function begin(gateway: Gateway, path: string, body: object, headers: Record<string, string> = {}): Asking {
  const { hostname, port } = new URL(gateway.url);
  const auth = { authorization: `Bearer ${gateway.rootKey}`, 'content-type': 'application/json' };
  const outgoing = request({ hostname, port, path, method: 'POST', agent: false, headers: { ...auth, ...headers } });
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).on('error', reject);
  });
  // who hangs up does not wait for an answer
  response.catch(() => undefined);
  outgoing.end(JSON.stringify(body));
  return { request: outgoing, response };
}

/** A call to its end, however it ends. */
export async function ask(
  gateway: Gateway,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await begin(gateway, path, body, headers).response;
  const chunks: Buffer[] = [];
  let broken = false;
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch {
    broken = true;
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: Buffer.concat(chunks).toString(),
    broken,
  };
}

/** What the record says of a call, once it is closed. */
export async function recordOf(gateway: Gateway, requestId: string): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${gateway.rootKey}` };
  return until(async () => {
    const answer = await fetch(`${gateway.url}/v1/requests/${requestId}`, { headers });
    const record = (await answer.json()) as Record<string, unknown>;
    return answer.status === 200 && record['status'] !== 'in_progress' ? record : undefined;
  });
}

/** Waits for something to be there. @throws when it is not within `ms` */
export async function until<T>(found: () => T | undefined | Promise<T | undefined>, ms = 15_000): Promise<T> {
  for (const end = Date.now() + ms; ;) {
    const value = await found();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${found.toString()}`);
    await new Promise((next) => setTimeout(next, 10));
  }
}
