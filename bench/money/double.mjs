// A provider over real HTTP that keeps its own books: each exchange is a line of its journal, on disk, with what it charges for.
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { chance, logNormal } from '../drill/random.mjs';
import { faultOf } from './faults.mjs';
import { SPEECH } from './speech.mjs';
import { MODELS, NOTHING, promptCounts, tokensIn } from './tokens.mjs';

const FIRST_TOKEN_MS = 120;
const FIRST_TOKEN_SPREAD = 0.5;
const TOKEN_MS = 8;
const SLOWER = 6;
const LEAST_WORDS = 10;
const MORE_WORDS = 60;
const WORDS =
  'the order was placed last week and the customer asks for a refund within thirty days of this invoice'.split(' ');
const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };
const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * @typedef {object} Exchange
 * @property {string} id also its request id in the headers of the answer
 * @property {string} provider
 * @property {string} call
 * @property {number} at milliseconds since 1970
 * @property {number} ended
 * @property {string} [fault]
 * @property {boolean} stream
 * @property {'answered' | 'refused' | 'cut' | 'left'} end `cut`: by the double, `left`: by who asked
 * @property {boolean} told it said what it counted, whether or not anybody heard it
 * @property {boolean} [toldPrompt] it said what it counted of the prompt, and nothing else
 * @property {object} counts what it charges for, disjoint
 */

export class Double {
  #underWay = 0;
  #exchanges = 0;

  /** @param {{name: 'openai' | 'anthropic', seed: string, journal: number}} options `journal`: a file that is open */
  constructor(options) {
    this.options = options;
  }

  async listen() {
    const server = createServer((request, response) => void this.#receive(request, response));
    server.keepAliveTimeout = 60_000;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server.address().port;
  }

  get open() {
    return this.#underWay;
  }

  async #receive(request, response) {
    const { name: provider, journal } = this.options;
    const id = `${provider}-${++this.#exchanges}`;
    const exchange = { id, provider, at: Date.now(), end: 'left', told: false, counts: NOTHING };
    this.#underWay++;
    const gone = new AbortController();
    response.on('error', () => {});
    response.on('close', () => {
      gone.abort();
      exchange.ended = Date.now();
      writeSync(journal, `${JSON.stringify(exchange)}\n`);
      this.#underWay--;
    });
    try {
      await this.#serve(request, response, exchange, gone.signal);
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    }
  }

  async #serve(request, response, exchange, signal) {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const body = JSON.parse(text);
    const { name, seed } = this.options;
    const draw = chance(seed, 'answer', exchange.id);
    exchange.call = /Call ([a-z]+-\d+)\./.exec(text)?.[1];
    exchange.stream = body.stream === true;
    exchange.fault = faultOf(seed, exchange.id, exchange.stream);
    const refuse = (status, type) => {
      exchange.end = 'refused';
      response.writeHead(status, JSON_TYPE);
      response.end(JSON.stringify(SPEECH[name].error(type)));
    };
    if (exchange.fault === 'rate-limited') return refuse(429, 'rate_limit_error');
    await sleep(logNormal(FIRST_TOKEN_MS, FIRST_TOKEN_SPREAD, draw), undefined, { signal });
    if (exchange.fault === 'error-500') return refuse(500, 'server_error');
    // from here on it is at work, and charges for what it has read
    exchange.counts = promptCounts(name, body, `${seed}/${exchange.id}`);
    if (exchange.fault === 'hang') return once(signal, 'abort');
    const words = answerOf(draw, body.max_tokens ?? body.max_completion_tokens ?? Infinity);
    const output = words.reduce((sum, word) => sum + tokensIn(word.trim()), 0);
    const said = {
      id: exchange.id,
      model: MODELS[name],
      words,
      counts: { ...exchange.counts, output },
      telling: exchange.fault !== 'untold',
    };
    const how = { response, exchange, said, signal, ms: exchange.fault === 'slow' ? TOKEN_MS * SLOWER : TOKEN_MS };
    return exchange.stream ? this.#stream(how) : this.#whole(how);
  }

  async #whole({ response, exchange, said, signal, ms }) {
    const began = performance.now();
    for (const [i, word] of said.words.entries()) {
      await sleep(Math.max(0, began + (i + 1) * ms - performance.now()), undefined, { signal });
      produce(exchange, word);
    }
    const json = JSON.stringify(SPEECH[this.options.name].whole(said));
    const headers = { ...JSON_TYPE, 'x-request-id': exchange.id };
    if (exchange.fault === 'half') {
      response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(json) });
      return cut(response, exchange, json.slice(0, json.length / 2));
    }
    exchange.end = 'answered';
    exchange.told = said.telling;
    response.writeHead(200, headers).end(json);
  }

  async #stream({ response, exchange, said, signal, ms }) {
    const { open, pieces, close } = SPEECH[this.options.name].stream(said);
    response.writeHead(200, { ...SSE, 'x-request-id': exchange.id });
    if (exchange.fault === 'half') return cut(response, exchange, open.slice(0, open.length / 2));
    if (exchange.fault === 'cut-before') {
      exchange.toldPrompt = SPEECH[this.options.name].beginsWithPrompt;
      return cut(response, exchange, open);
    }
    const end = exchange.fault === 'cut-after' ? Math.ceil(pieces.length / 2) : pieces.length;
    const began = performance.now();
    for (let i = 0; i < end; i++) {
      if (i) await sleep(Math.max(0, began + i * ms - performance.now()), undefined, { signal });
      if (signal.aborted) return;
      response.write(i ? pieces[i] : open + pieces[i]);
      produce(exchange, said.words[i]);
    }
    if (exchange.fault === 'cut-after') return cut(response, exchange, '');
    exchange.end = 'answered';
    exchange.told = said.telling;
    response.end(close);
  }
}

/** Of one to three tokens in each piece, as vendors send them. */
function answerOf(draw, most) {
  const wanted = LEAST_WORDS + Math.floor(draw() * MORE_WORDS);
  const pieces = [];
  for (let left = Math.min(wanted, most); left > 0;) {
    const size = Math.min(left, 1 + Math.floor(draw() * 3));
    pieces.push(Array.from({ length: size }, () => `${wordOf(draw)} `).join(''));
    left -= tokensIn(pieces.at(-1).trim());
  }
  return pieces;
}

/** A token. */
function wordOf(draw) {
  return WORDS[Math.floor(draw() * WORDS.length)].slice(0, 6);
}

function produce(exchange, word) {
  exchange.counts = { ...exchange.counts, output: exchange.counts.output + tokensIn(word.trim()) };
}

/** What was written leaves before the connection goes. */
function cut(response, exchange, last) {
  exchange.end = 'cut';
  response.write(last, () => setTimeout(() => response.destroy(), 20));
}
