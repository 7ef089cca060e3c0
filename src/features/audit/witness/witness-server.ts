import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Answer, Witness } from './witness';

const MAX_BYTES = 131_072;
const TEXT = 'text/plain; charset=utf-8';
const CHECKPOINT = /^\/([0-9a-f]{64})\/checkpoint$/;

/** The witness on HTTP. @param vkey shown to whoever asks @param report told of what could not be done */
export function witnessServer(witness: Witness, vkey: string, report: (error: Error) => void): Server {
  const server = createServer(
    { requestTimeout: 15_000, headersTimeout: 10_000, keepAliveTimeout: 60_000 },
    (request, response) => {
      answer(witness, vkey, request, response).catch((error: Error) => {
        report(error);
        if (!response.headersSent) send(response, 500, 'the checkpoint could not be stored\n');
        else response.destroy();
      });
    },
  );
  server.maxConnections = 256;
  return server;
}

async function answer(
  witness: Witness,
  vkey: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?');
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (path === '/' && isRead) return send(response, 200, `${vkey}\n`);
  const [, hash] = CHECKPOINT.exec(path) ?? [];
  if (hash !== undefined && isRead) {
    const note = witness.latest(hash);
    return note === undefined ? send(response, 404, 'never signed\n') : send(response, 200, note);
  }
  if (path !== '/add-checkpoint') return send(response, 404, 'not found\n');
  if (request.method !== 'POST') return send(response, 405, 'POST, please\n', { allow: 'POST' });
  const body = await read(request);
  if (body === undefined) return send(response, 413, `at most ${MAX_BYTES} bytes\n`, { connection: 'close' });
  const { status, body: text, type }: Answer = witness.addCheckpoint(body);
  send(response, status, text, type === undefined ? {} : { 'content-type': type });
}

/** Undefined when it is too large. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': TEXT, ...headers }).end(body);
}
