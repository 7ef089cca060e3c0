// A provider in OpenAI's manner that can be broken: it refuses, or takes a call and never answers. It keeps its own books.
import { once } from 'node:events';
import { createServer } from 'node:http';

/** @typedef {'well' | 'errors' | 'hangs'} Health */

export async function startDouble(name) {
  /** @type {Health} */
  let health = 'well';
  /** Every call: when it came, and how it was treated. */
  const books = [];
  const answer = async (request, response) => {
    const entry = { at: Date.now(), health };
    response.on('error', () => {});
    try {
      for await (const _ of request);
    } catch {
      return; // whoever asked is gone
    }
    books.push(entry);
    if (health === 'hangs') return;
    const [status, body] = health === 'errors' ? [500, { error: { message: 'out of order' } }] : [200, reply(name)];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void answer(request, response));
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    books,
    /** @param {Health} next */
    become(next) {
      health = next;
      // who hangs lets go when it is well again, without an answer
      if (next === 'well') server.closeAllConnections();
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function reply(name) {
  const message = { role: 'assistant', content: `Hello from ${name}`, refusal: null };
  return {
    id: 'chatcmpl-drill',
    object: 'chat.completion',
    created: 1,
    model: name,
    choices: [{ index: 0, message, finish_reason: 'stop', logprobs: null }],
    usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
  };
}
