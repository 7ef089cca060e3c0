import { once } from 'node:events';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Exchange, Script } from './upstream';
import { framesFor, replyFor } from './vendor-replies';

const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };

export const forever = (exchange: Exchange): Promise<unknown> => once(exchange.signal, 'abort');

/** A faultless answer with this text, whole or streamed as asked. */
export const says =
  (text: string): Script =>
  (exchange) =>
    exchange.body['stream'] === true
      ? streams(framesFor(exchange, text))(exchange)
      : json(replyFor(exchange, text))(exchange);

export const json =
  (body: unknown, status = 200): Script =>
  ({ response }) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

export const raw =
  (text: string | Buffer, contentType: string): Script =>
  ({ response }) =>
    void response.writeHead(200, { 'content-type': contentType }).end(text);

/** All frames in one write. */
export const streams =
  (frames: readonly string[]): Script =>
  ({ response }) =>
    void response.writeHead(200, SSE).end(frames.join(''));

/** Every byte a write of its own. */
export const dribbles =
  (frames: readonly string[]): Script =>
  async ({ response }) => {
    response.writeHead(200, SSE);
    response.socket?.setNoDelay();
    for (const byte of Buffer.from(frames.join(''))) {
      response.write(Buffer.of(byte));
      await turn();
    }
    response.end();
  };

/** Frames with a pause before each. */
export const paces =
  (frames: readonly string[], ms: number): Script =>
  async ({ response, signal }) => {
    response.writeHead(200, SSE);
    for (const frame of frames) {
      await sleep(ms, undefined, { signal });
      response.write(frame);
    }
    response.end();
  };

/** The first frames at once, the others when the rest is over. */
export const rests =
  (frames: readonly string[], first: number, over: Promise<unknown>): Script =>
  async ({ response }) => {
    response.writeHead(200, SSE).write(frames.slice(0, first).join(''));
    await over;
    response.end(frames.slice(first).join(''));
  };

/** Some bytes of a stream, then nothing more. */
export const stalls =
  (beginning: string): Script =>
  async (exchange) => {
    exchange.response.writeHead(200, SSE).write(beginning);
    await forever(exchange);
  };

/** Some bytes of a stream, then the connection is gone. */
export const cuts =
  (beginning: string | Buffer): Script =>
  ({ response }) => {
    response.writeHead(200, SSE).write(beginning, () => setTimeout(() => response.destroy(), 20));
  };

/** Takes the request and never answers. */
export const never: Script = async (exchange) => void (await forever(exchange));

/** The connection is gone before there is an answer. */
export const hangsUp: Script = ({ response }) => void response.destroy();

export interface Flood {
  /** Bytes that the gateway has taken. */
  taken: number;
}

/** Sends `bytes` of frames as fast as they are taken. */
export const floods =
  (flood: Flood, first: readonly string[], frame: string, bytes: number): Script =>
  async ({ response, signal }) => {
    response.writeHead(200, SSE).write(first.join(''));
    while (flood.taken < bytes) {
      flood.taken += frame.length;
      if (!response.write(frame)) await once(response, 'drain', { signal });
    }
    response.end();
  };
