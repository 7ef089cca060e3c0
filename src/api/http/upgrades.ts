import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Duplex, Writable } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { WebSocket } from 'ws';
import { newSocketServer, Strangers, SUBPROTOCOL } from './socket-login';

/** Browsers cannot set headers on a WebSocket: they offer this and the key behind it as one of the subprotocols. */
const KEY_PROTOCOL = 'gatehouse.key.';
const ROUTE = /^\/v1\/jobs\/stream\/?(\?|$)/;
const MOST_PROTOCOLS = 10;

export interface Upgrade {
  /**
   * The connection as a WebSocket, out of the hands of HTTP: nothing can be answered over that any more.
   * @param speak is handed it once the handshake is done; one that is malformed is answered with 400
   */
  take(speak: (connection: WebSocket) => void): void;
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/** How a request may become a WebSocket; undefined when it did not ask for that. */
export function upgradeOf(request: IncomingMessage): Upgrade | undefined {
  return upgrades.get(request);
}

/** Whether a request is to leave HTTP. All others that offer to (HTTP/2 in the clear, say) are answered as if they had not. */
export function isUpgrade({ method, url = '', headers }: IncomingMessage): boolean {
  return method === 'GET' && ROUTE.test(url) && headers.upgrade?.toLowerCase() === 'websocket';
}

/** Requests to become a WebSocket pass the same router, hooks, guards and filter as every other request. */
export function takeUpgrades(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const server = app.getHttpServer() as Server;
  const sockets = newSocketServer();
  const strangers = new Strangers();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // whoever hangs up during the handshake is nobody's fault
    socket.on('error', () => undefined);
    keyFromProtocols(request);
    if (isStranger(request))
      return strangers.meet(request, socket, head, async (stranger) => {
        const key = await stranger.login();
        if (key === undefined) return;
        request.headers.authorization = `Bearer ${key}`;
        const { response, answer } = unsent(request);
        upgrades.set(request, { take: (speak) => stranger.welcome(speak) });
        fastify.routing(request, response);
        const { code, message } = refusalIn(await answer);
        stranger.refuse(code, message);
      });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    // a peer that keeps its half open keeps nothing here
    response.once('finish', () => (socket as Socket).destroySoon());
    upgrades.set(request, {
      take: (speak) => {
        response.detachSocket(socket as Socket);
        sockets.handleUpgrade(request, socket, head, speak);
      },
    });
    fastify.routing(request, response);
  });
}

/** Browsers that keep the key out of the handshake say that they speak our protocol, and who they are in their first message. */
function isStranger({ headers }: IncomingMessage): boolean {
  const offered = headers['sec-websocket-protocol']?.split(',', MOST_PROTOCOLS).map((protocol) => protocol.trim());
  return !!offered?.includes(SUBPROTOCOL) && headers.authorization === undefined && headers['x-api-key'] === undefined;
}

/** An answer that nobody is sent over HTTP. */
function unsent(request: IncomingMessage): { response: ServerResponse; answer: Promise<string> } {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(sink as unknown as Socket);
  const answer = new Promise<string>((resolve) => {
    response.once('finish', () => resolve(Buffer.concat(chunks).toString()));
  });
  return { response, answer };
}

/** What a route refused a request with (RFC 9457). */
function refusalIn(answer: string): { code: string; message: string } {
  try {
    const { code, detail } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { code: string; detail: string };
    return { code: String(code), message: String(detail) };
  } catch {
    return { code: 'internal', message: 'Internal error' };
  }
}

/** The key is where all others are, and is not told to anybody as a subprotocol. */
function keyFromProtocols({ headers }: IncomingMessage): void {
  const offered = headers['sec-websocket-protocol']?.split(',', MOST_PROTOCOLS).map((protocol) => protocol.trim());
  const key = offered?.find((protocol) => protocol.startsWith(KEY_PROTOCOL))?.slice(KEY_PROTOCOL.length);
  if (!key || !offered) return;
  const others = offered.filter((protocol) => !protocol.startsWith(KEY_PROTOCOL));
  if (others.length) headers['sec-websocket-protocol'] = others.join(', ');
  else delete headers['sec-websocket-protocol'];
  headers.authorization ??= `Bearer ${key}`;
}
