import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import type { HostileRequest } from '../hostile-requests';

export interface Answer {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What was waited for did not come in time. */
export class HangError extends Error {}

export const PATIENCE_MS = 5_000;

/** @throws HangError when the answer is not complete within `PATIENCE_MS` */
export function send(url: string, { method, target, headers, body }: HostileRequest, agent?: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body && !('transfer-encoding' in headers) ? { 'content-length': String(body.length) } : {};
    const { hostname, port } = new URL(url);
    const outgoing = request({ hostname, port, method, path: target, headers: { ...headers, ...length }, agent });
    const timer = setTimeout(() => {
      outgoing.destroy();
      reject(new HangError(`no answer within ${PATIENCE_MS} ms`));
    }, PATIENCE_MS);
    const done = (answer: Answer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      const end = () =>
        done({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() });
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', end)
        .on('error', end);
    });
    outgoing.on('error', () => done({ status: 0, headers: {}, text: '' }));
    outgoing.end(body);
  });
}
