import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Browsers cannot set headers on a WebSocket: they offer this and the key behind it as one of the subprotocols. */
const KEY_PROTOCOL = 'gatehouse.key.';
const ROUTE = /^\/v1\/jobs\/stream\/?(\?|$)/;
const MOST_PROTOCOLS = 10;

export interface Upgrade {
  /** What came with the request already. */
  readonly head: Buffer;
  /** The connection, out of the hands of HTTP: nothing can be answered over that any more. */
  take(): Duplex;
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
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // whoever hangs up during the handshake is nobody's fault
    socket.on('error', () => undefined);
    keyFromProtocols(request);
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    // a peer that keeps its half open keeps nothing here
    response.once('finish', () => (socket as Socket).destroySoon());
    const take = (): Duplex => {
      response.detachSocket(socket as Socket);
      return socket;
    };
    upgrades.set(request, { head, take });
    fastify.routing(request, response);
  });
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
