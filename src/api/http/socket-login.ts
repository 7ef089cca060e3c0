import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';

/** What a peer may choose among the subprotocols that it offers. */
export const SUBPROTOCOL = 'gatehouse.jobs.v1';
const MESSAGE_BYTES = 65_536;
const LOGIN_BYTES = 1_024;
const LOGIN_MS = 5_000;
/** Peers that have said nothing yet. */
const MOST_STRANGERS = 100;
/** What a peer says before it is told that it is known. */
const MOST_EARLY = 20;
const POLICY_VIOLATION = 1008;
const FAREWELL_MS = 1_000;

const Login = z.strictObject({ type: z.literal('login'), key: z.string().min(1).max(500) });

/** Completes handshakes: whoever asks for one that is malformed is answered with 400. */
export function newSocketServer(): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
}

/** A connection that was opened without a key: its first message names one. */
export class StrangeSocket {
  private readonly early: [RawData, boolean][] = [];
  private readonly keep = (data: RawData, isBinary: boolean): void => {
    if (this.early.length < MOST_EARLY) this.early.push([data, isBinary]);
    else this.refuse('too_many_messages', 'Wait for the answer to the login');
  };

  constructor(private readonly connection: WebSocket) {
    connection.on('error', () => undefined);
  }

  /** @returns the key that it names; undefined when it does not in time: then it is closed */
  async login(): Promise<string | undefined> {
    const first = await new Promise<[RawData, boolean] | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), LOGIN_MS).unref();
      this.connection.once('message', (data, isBinary) => {
        clearTimeout(timer);
        // what follows is for whoever it turns out to be
        this.connection.on('message', this.keep);
        resolve([data, isBinary]);
      });
      this.connection.once('close', () => resolve(undefined));
    });
    const key = first && keyIn(...first);
    if (key === undefined)
      this.refuse('unauthenticated', first ? 'The first message must be a login' : 'There was no login in time');
    return key;
  }

  /** Hands it over to whoever speaks on it from now on; `speak` adds what hears the peer. */
  welcome(speak: (connection: WebSocket) => void): void {
    const { connection } = this;
    connection.off('message', this.keep);
    connection.send(JSON.stringify({ type: 'logged_in' }));
    speak(connection);
    for (const [data, isBinary] of this.early.splice(0)) connection.emit('message', data, isBinary);
  }

  refuse(code: string, message: string): void {
    const { connection } = this;
    if (connection.readyState !== connection.OPEN) return;
    connection.send(JSON.stringify({ type: 'error', code, message }));
    connection.close(POLICY_VIOLATION, code.slice(0, 100));
    setTimeout(() => connection.terminate(), FAREWELL_MS).unref();
  }
}

/** Connections whose peers have not said who they are. */
export class Strangers {
  private readonly server = newSocketServer();
  private open = 0;

  /** @param met is handed each that could be opened; it is one of the bounded number until that resolves */
  meet(request: IncomingMessage, socket: Duplex, head: Buffer, met: (stranger: StrangeSocket) => Promise<void>): void {
    if (this.open >= MOST_STRANGERS)
      return void socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n');
    this.open++;
    let isOver = false;
    const over = () => {
      if (!isOver) this.open--;
      isOver = true;
    };
    socket.once('close', over);
    this.server.handleUpgrade(request, socket, head, (connection) => {
      void met(new StrangeSocket(connection)).finally(over);
    });
  }
}

function keyIn(data: RawData, isBinary: boolean): string | undefined {
  const bytes = data as Buffer;
  if (isBinary || bytes.length > LOGIN_BYTES) return undefined;
  try {
    return Login.parse(JSON.parse(bytes.toString())).key;
  } catch {
    return undefined;
  }
}
