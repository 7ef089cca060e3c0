// A provider that knows repeated requests by their idempotency key: it does the work once, and says so.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of one answer in USD: 20 tokens in and 10 out of gpt-4o-mini, as in config/prices.yaml. */
export const PRICE = (20 * 0.15 + 10 * 0.6) / 1e6;
export const question = (number) => `Job ${number}. What is the answer?`;
export const answerTo = (number) => `The answer to job ${number} is ${number * 7}.`;

/** @param {{answerMs: number}} options how long it works on a request */
export async function startProvider({ answerMs }) {
  /** By key: the work, done or under way. */
  const works = new Map();
  /** By number of the job: the keys that it was asked with. */
  const keys = new Map();
  const counts = { requests: 0, charged: 0, unnamed: 0, repeated: 0 };

  const answer = async (request, response) => {
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // whoever asked is gone
    }
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const number = Number(/Job (\d+)\./.exec(JSON.stringify(body.messages))?.[1]);
    const key = request.headers['idempotency-key'];
    counts.requests++;
    if (key === undefined) counts.unnamed++;
    else keys.set(number, (keys.get(number) ?? new Set()).add(key));
    if (key !== undefined && works.has(key)) counts.repeated++;
    else counts.charged++;
    const work = works.get(key) ?? sleep(answerMs);
    if (key !== undefined) works.set(key, work);
    await work;
    response.on('error', () => {});
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply(number, body.model)));
  };
  const server = createServer((request, response) => void answer(request, response));
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    counts,
    keysOf: (number) => keys.get(number)?.size ?? 0,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function reply(number, model) {
  const message = { role: 'assistant', content: answerTo(number), refusal: null };
  return {
    id: `chatcmpl-${number}`,
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message, finish_reason: 'stop', logprobs: null }],
    usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
  };
}
