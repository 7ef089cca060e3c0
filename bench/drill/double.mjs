// A provider over real HTTP: answers every call in its own time, except for what the drill wants to go wrong.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer, CHUNKS, numberIn } from './answers.mjs';
import { faultOf } from './faults.mjs';
import { chance, logNormal } from './random.mjs';
import { VENDORS } from './vendors.mjs';

const FIRST_TOKEN_MS = 150;
const FIRST_TOKEN_SPREAD = 0.4;
const ANSWER_MS = 300;
const DRIP_MS = 300;
const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };
const JSON_TYPE = { 'content-type': 'application/json' };
const PAGE = '<!doctype html><title>502</title><h1>Bad gateway</h1>';

/**
 * @typedef {object} Exchange
 * @property {string} double who was asked
 * @property {number} call
 * @property {number} at milliseconds since 1970
 * @property {string} [fault]
 * @property {'answered' | 'refused' | 'cut' | 'left'} end `cut`: by the double, `left`: by who asked
 * @property {number} [firstMs] until the first content
 * @property {number} ms
 * @property {number} input tokens, as a vendor would bill them
 * @property {number} output
 */

export class Double {
  /** @type {Exchange[]} */
  journal = [];
  #underWay = new Set();
  #asked = new Map();
  #revoked = new Set();
  #unavailable = false;
  #server = createServer((request, response) => void this.#receive(request, response));

  /** @param {{name: string, model: string, seed: string, faulty: boolean}} options */
  constructor(options) {
    this.options = options;
    this.#server.keepAliveTimeout = 5_000;
  }

  async listen(port) {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get open() {
    return this.#underWay.size;
  }

  /** Connections are refused, and those that stand are gone. */
  async refuse() {
    for (const exchange of this.#underWay) exchange.end = 'cut';
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  set unavailable(value) {
    this.#unavailable = value;
  }

  revoke(key) {
    this.#revoked.add(key);
  }

  async #receive(request, response) {
    const startedAt = performance.now();
    const exchange = { double: this.options.name, at: Date.now(), end: 'left', input: 0, output: 0 };
    this.#underWay.add(exchange);
    response.on('error', () => {});
    const gone = new AbortController();
    response.on('close', () => {
      this.#underWay.delete(exchange);
      gone.abort();
      exchange.ms = performance.now() - startedAt;
      this.journal.push(exchange);
    });
    try {
      await this.#serve(request, response, exchange, { startedAt, signal: gone.signal });
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    }
  }

  async #serve(request, response, exchange, { startedAt, signal }) {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const body = JSON.parse(text);
    const vendor = VENDORS[request.url.split('?', 1)[0]];
    exchange.call = numberIn(text);
    const refuse = (status, type, headers = {}) => {
      exchange.end = 'refused';
      exchange.fault ??= `status-${status}`;
      response.writeHead(status, { ...JSON_TYPE, ...headers });
      response.end(JSON.stringify(vendor.error(type, 'This is a drill')));
    };
    if (this.#revoked.has(request.headers.authorization?.slice('Bearer '.length)))
      return refuse(401, 'invalid_api_key');
    if (this.#unavailable) return refuse(503, 'server_error');

    const ask = (this.#asked.get(exchange.call) ?? 0) + 1;
    this.#asked.set(exchange.call, ask);
    const { name, seed, model, faulty } = this.options;
    exchange.fault = faulty ? faultOf(seed, exchange.call, ask, body.stream) : undefined;
    if (exchange.fault === 'rate-limited') return refuse(429, 'rate_limit_exceeded', { 'retry-after': '1' });
    if (exchange.fault === 'hang') return once(signal, 'abort');

    const delay = logNormal(FIRST_TOKEN_MS, FIRST_TOKEN_SPREAD, chance(seed, 'delay', name, exchange.call, ask));
    await sleep(delay, undefined, { signal });
    if (exchange.fault === 'error-500') return refuse(500, 'server_error');
    const said = {
      answer: answer(name, exchange.call, Boolean(body.tools?.length)),
      model,
      usage: { input: Math.ceil(text.length / 4), output: CHUNKS },
      wantsUsage: body.stream_options?.include_usage === true,
    };
    const telling = { response, exchange, said, signal, startedAt };
    return body.stream ? this.#stream(vendor, telling) : this.#whole(vendor, telling);
  }

  async #whole(vendor, { response, exchange, said, signal }) {
    await sleep(ANSWER_MS, undefined, { signal });
    const json = JSON.stringify(vendor.whole(said));
    if (exchange.fault === 'html') return response.end(PAGE);
    bill(exchange, said.usage);
    if (exchange.fault === 'garbage') return response.writeHead(200, JSON_TYPE).end(`${json.slice(0, -9)}}}`);
    if (exchange.fault === 'half') {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(json) });
      return cut(response, exchange, json.slice(0, json.length / 2));
    }
    exchange.end = 'answered';
    response.writeHead(200, JSON_TYPE).end(json);
  }

  async #stream(vendor, { response, exchange, said, signal, startedAt }) {
    if (exchange.fault === 'html') return response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
    const { open, pieces, close } = vendor.stream(said);
    response.writeHead(200, SSE);
    exchange.input = said.usage.input;
    if (exchange.fault === 'garbage') return response.end(`${open.slice(0, -9)}}}}\n\n`);
    if (exchange.fault === 'half') return response.end(open.slice(0, open.length / 2));
    if (exchange.fault === 'cut-before') return cut(response, exchange, open);
    const pace = exchange.fault === 'drip' ? DRIP_MS : ANSWER_MS / pieces.length;
    const end = exchange.fault === 'cut-after' ? Math.ceil(pieces.length / 2) : pieces.length;
    const began = performance.now();
    exchange.firstMs = began - startedAt;
    for (let i = 0; i < end; i++) {
      if (i) await sleep(Math.max(0, began + i * pace - performance.now()), undefined, { signal });
      if (signal.aborted) return;
      response.write(i ? pieces[i] : open + pieces[i]);
      exchange.output = Math.round((said.usage.output * (i + 1)) / pieces.length);
    }
    if (exchange.fault === 'cut-after') return cut(response, exchange, '');
    exchange.end = 'answered';
    response.end(close);
  }
}

function bill(exchange, { input, output }) {
  exchange.input = input;
  exchange.output = output;
}

/** What was written leaves before the connection goes. */
function cut(response, exchange, last) {
  exchange.end = 'cut';
  response.write(last, () => setTimeout(() => response.destroy(), 20));
}
