// A process of its own: an OpenAI-compatible provider. On its second port a share of the calls fails, as a bad release would make them.
// `node provider.mjs`: tells its ports over the channel to whoever started it, and ends with that.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerTo, WORDS, wordOf } from './speech.mjs';

const ANSWER_MS = 30;
const WORD_MS = 150;
const FAILING = 0.6;

const head = { id: 'chatcmpl-deploy', created: 1, model: 'gpt-4o-mini' };
const usage = { prompt_tokens: 10, completion_tokens: WORDS, total_tokens: 10 + WORDS };

async function answer(request, response, failing) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  if (request.method !== 'POST') return response.writeHead(404).end();
  if (Math.random() < failing)
    return response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
  const { stream, messages } = JSON.parse(text);
  const number = /\d+/.exec(messages.at(-1).content)?.[0];
  // who has no number only wants to know whether it works
  await (stream ? speak(response, number ?? '0', number ? WORDS : 1) : say(response, number ?? '0'));
}

async function say(response, number) {
  await sleep(ANSWER_MS);
  const message = { role: 'assistant', content: answerTo(number, 1), refusal: null };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }));
}

async function speak(response, number, words) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (choices, more = {}) =>
    response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`);
  const delta = (fields, finish_reason = null) => chunk([{ index: 0, delta: fields, finish_reason }]);
  delta({ role: 'assistant', content: '' });
  for (let place = 0; place < words; place++) {
    await sleep(WORD_MS);
    delta({ content: wordOf(number, place) });
  }
  delta({}, 'stop');
  chunk([], { usage });
  response.end('data: [DONE]\n\n');
}

async function listen(failing) {
  const server = createServer((request, response) => {
    response.on('error', () => {});
    answer(request, response, failing).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

const ports = { sound: await listen(0), failing: await listen(FAILING) };
process.on('disconnect', () => process.exit());
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {}); // the drill says when
process.send({ ports });
