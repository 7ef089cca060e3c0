// A process of its own: callers who do not know that anything is deployed. They ask at a steady pace, whatever becomes of the answers,
// and check every word of them. `node callers.mjs <port>`, the key in GATEHOUSE_KEY; told to stop, it waits for its last answers and says
// what it got.
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerTo, WORDS } from './speech.mjs';

const CALLS_PER_SECOND = 80;
const STREAMS_PER_SECOND = 6;
const PATIENCE_MS = 30_000;

const [port] = process.argv.slice(2);
const key = process.env.GATEHOUSE_KEY;
const agent = new Agent({ keepAlive: true, maxSockets: 500 });
/** @type {{stream: boolean, at: number, ms: number, problem?: string}[]} */
const answers = [];
const waiting = new Set();
const over = new AbortController();
let numbers = 0;

/** @returns {Promise<{status: number, text: string}>} */
async function ask(body) {
  const outgoing = request({
    port,
    agent,
    host: '127.0.0.1',
    path: '/v1/chat/completions',
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-gatehouse-cache': 'no-store' },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  outgoing.end(JSON.stringify(body));
  const [response] = await once(outgoing, 'response');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, text };
}

/** What is wrong with an answer; undefined: nothing. */
function fault({ status, text }, number, stream) {
  if (status !== 200) return `status ${status}: ${text.slice(0, 200)}`;
  if (!stream) {
    const said = JSON.parse(text).choices[0].message.content;
    return said === answerTo(number, 1) ? undefined : `said ${said}`;
  }
  const events = text.split('\n\n').filter((event) => event.startsWith('data: '));
  if (events.pop() !== 'data: [DONE]') return 'the stream has no end';
  const said = events.map((event) => JSON.parse(event.slice(6)).choices[0]?.delta?.content ?? '').join('');
  return said === answerTo(number, WORDS) ? undefined : `a stream lacks words: ${said.slice(-40)}`;
}

async function call(stream) {
  const number = ++numbers;
  const at = Date.now();
  const body = { model: 'fast', stream, messages: [{ role: 'user', content: `number ${number}` }] };
  const problem = await ask(body).then(
    (answer) => fault(answer, number, stream),
    (error) => `broken: ${error.code ?? error.message}`,
  );
  answers.push({ stream, at, ms: Date.now() - at, ...(problem && { problem }) });
}

async function keepAsking(perSecond, stream) {
  for (let due = Date.now(); !over.signal.aborted; due += 1_000 / perSecond) {
    await sleep(Math.max(0, due - Date.now()));
    const asked = call(stream).finally(() => waiting.delete(asked));
    waiting.add(asked);
  }
}

process.on('message', (order) => order === 'stop' && over.abort());
process.on('disconnect', () => process.exit());
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {}); // the drill says when
await Promise.all([keepAsking(CALLS_PER_SECOND, false), keepAsking(STREAMS_PER_SECOND, true)]);
await Promise.all(waiting);
process.send(answers, () => process.exit());
