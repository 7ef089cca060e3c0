// Clients that each make one call after another, and leave some of them at any moment.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { chance } from '../drill/random.mjs';

const SHARES = { chat: 0.5, stream: 0.65, best: 0.4, unlimited: 0.25, leaves: 0.15, marked: 0.3 };
const PATIENCE_MS = 20_000;
const LEAVE_MS = 700;
/** A client that was refused comes again after that. */
const REFUSED_MS = 300;
const WORDS =
  'the order was placed last week and the customer asks for a refund within thirty days of the invoice that came with it'.split(
    ' ',
  );
const DOORS = { chat: '/v1/chat/completions', messages: '/v1/messages' };
const WHOLE = { chat: /data: \[DONE\]/, messages: /event: message_stop/ };

/** What a call asks; the doubles find its name in it. */
function bodyOf(name, { door, stream, model, maxTokens, words, marked }, draw) {
  const prose = Array.from({ length: words }, () => WORDS[Math.floor(draw() * WORDS.length)]).join(' ');
  const asked = { role: 'user', content: `Call ${name}. ${prose}?` };
  const limits = maxTokens === undefined ? {} : { max_tokens: maxTokens };
  if (door === 'chat')
    return {
      model,
      stream,
      messages: [{ role: 'system', content: 'You answer questions about orders. Be brief.' }, asked],
      ...limits,
      ...(stream && { stream_options: { include_usage: true } }),
    };
  const system = {
    type: 'text',
    text: 'You answer questions about orders. Be brief.',
    ...(marked && { cache_control: { type: 'ephemeral', ttl: '1h' } }),
  };
  return { model, stream, system: [system], messages: [asked], max_tokens: maxTokens ?? 100 };
}

/** What one call is like. */
function drawn(draw) {
  const door = draw() < SHARES.chat ? 'chat' : 'messages';
  return {
    door,
    stream: draw() < SHARES.stream,
    model: draw() < SHARES.best ? 'best' : 'fast',
    maxTokens: draw() < SHARES.unlimited ? undefined : 16 + Math.floor(draw() * 100),
    words: 20 + Math.floor(draw() * 300),
    marked: draw() < SHARES.marked,
    leavesAfterMs: draw() < SHARES.leaves ? draw() * LEAVE_MS : undefined,
  };
}

/**
 * @typedef {object} Call
 * @property {string} name also its request id
 * @property {number} at milliseconds since 1970
 * @property {number} ended
 * @property {string} replica
 * @property {number} status 0: none
 * @property {'whole' | 'refused' | 'broken' | 'left' | 'hanging'} end as its client saw it
 */

export class Clients {
  /** @type {Call[]} */
  calls = [];
  underWay = 0;
  #over = false;
  #agent = new Agent({ keepAlive: true, maxSockets: Infinity, timeout: 4_000 });

  /** @param {{prefix: string, seed: string, key: string, replicas: {name: string, port: number}[], count: number}} options */
  constructor(options) {
    this.options = options;
  }

  stop() {
    this.#over = true;
  }

  /** Resolves when all have stopped. */
  async run() {
    await Promise.all(Array.from({ length: this.options.count }, (_, place) => this.#client(place)));
    this.#agent.destroy();
  }

  async #client(place) {
    const { seed, prefix, replicas } = this.options;
    const draw = chance(seed, prefix, place);
    await sleep(draw() * 1_000);
    while (!this.#over) {
      const replica = replicas[Math.floor(draw() * replicas.length)];
      const call = await this.make(replica, drawn(draw), draw);
      if (call.end !== 'whole' && call.end !== 'left') await sleep(REFUSED_MS * (0.5 + draw()));
    }
  }

  /** One call. @returns {Promise<Call>} never rejects */
  async make(replica, kind, draw) {
    const { prefix } = this.options;
    const call = {
      name: `${prefix}-${this.calls.length + 1}`,
      at: Date.now(),
      replica: replica.name,
      status: 0,
      ...kind,
    };
    this.calls.push(call);
    this.underWay++;
    Object.assign(call, await this.#send(call, replica.port, bodyOf(call.name, kind, draw)));
    this.underWay--;
    call.ended = Date.now();
    return call;
  }

  #send({ name, door, stream, leavesAfterMs }, port, body) {
    return new Promise((settle) => {
      let [status, text, outgoing, headers] = [0, '', undefined, {}];
      const end = (how) => {
        clearTimeout(patience);
        clearTimeout(leaving);
        const isWhole = status === 200 && (!stream || WHOLE[door].test(text));
        settle({
          status,
          end: isWhole ? 'whole' : how,
          headers,
          text: isWhole || how === 'left' ? '' : text.slice(0, 2_000),
        });
        outgoing.destroy();
      };
      const patience = setTimeout(() => end('hanging'), PATIENCE_MS);
      const leaving = leavesAfterMs === undefined ? undefined : setTimeout(() => end('left'), leavesAfterMs);
      outgoing = request({
        port,
        agent: this.#agent,
        host: '127.0.0.1',
        path: DOORS[door],
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.options.key}`,
          'content-type': 'application/json',
          'x-request-id': name,
          'x-user-id': `user-${name.length % 7}`,
          'x-gatehouse-tags': `drill,door-${door}`,
        },
      });
      outgoing.on('error', () => end('broken'));
      outgoing.on('response', (response) => {
        ({ statusCode: status, headers } = response);
        response.setEncoding('utf8');
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => end(status === 200 ? 'broken' : 'refused'));
        response.on('error', () => end('broken'));
      });
      outgoing.end(JSON.stringify(body));
    });
  }
}
