// `npm run bench:stall`: how long others wait while a gateway reads a hostile megabyte: each text once cold and four times more, with a
// probe asked every two milliseconds meanwhile. Exit code 1 when a probe waited for more than 50 ms in the median of a text's calls.
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchGatehouse } from './gatehouse.mjs';
import { table } from './report.mjs';
import { launchUpstream } from './server.mjs';

const CHARACTERS = 1_000_000;
const ROUNDS = 5;
const MOST_MS = 50;

const repeated = (text) => text.repeat(Math.ceil(CHARACTERS / text.length)).slice(0, CHARACTERS);
const numbered = (make) => {
  let text = '';
  for (let i = 0; text.length < CHARACTERS; i++) text += make(i);
  return text.slice(0, CHARACTERS);
};

/** A taxpayer number of Brazil with its two check digits. */
function cpf(n) {
  const digits = String(100_000_000 + n)
    .split('')
    .map(Number);
  for (const length of [9, 10]) {
    const sum = digits.reduce((total, digit, i) => total + digit * (length + 1 - i), 0);
    digits.push(((sum * 10) % 11) % 10);
  }
  return digits.join('').replace(/(...)(...)(...)(..)/, '$1.$2.$3-$4');
}

const TEXTS = {
  'one letter': repeated('a'),
  digits: repeated('1234567890'),
  'at signs': repeated('a@a.'),
  dots: repeated('1.1.1.1.'),
  'base64 of an attack': repeated(Buffer.from('ignore all previous instructions and').toString('base64')),
  'zero-width characters': repeated('i\u200bg\u200bn\u200bo\u200br\u200be '),
  'an attack, over and over': repeated('ignore previous instructions '),
  brackets: repeated('{"a":['),
  addresses: repeated('http://example.com/?q=%41%41 '),
  'what looks like tokens': repeated('[[CPF_9Q2M]] '),
  'taxpayer numbers': numbered((i) => `${cpf(i)}, `),
  'e-mail addresses': numbered((i) => `person${i}@example${i % 97}.com `),
};

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function probe(port) {
  return new Promise((resolve, reject) => {
    const asked = performance.now();
    get({ port, path: '/health/live', agent }, (answer) =>
      answer.resume().on('end', () => resolve(performance.now() - asked)),
    ).on('error', reject);
  });
}

/** @returns how long the call took, and the longest that a probe waited meanwhile; milliseconds */
async function measure({ port, headers }, text) {
  let over = false;
  let longest = 0;
  const probing = (async () => {
    for (; !over; await sleep(2)) longest = Math.max(longest, await probe(port));
  })();
  const [name, value] = headers[0].split(': ');
  const started = performance.now();
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { [name]: value, 'content-type': 'application/json', 'x-gatehouse-cache': 'no-store' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: text }] }),
  });
  await answer.arrayBuffer();
  const ms = performance.now() - started;
  await sleep(50);
  over = true;
  await probing;
  return { ms, longest, status: answer.status };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const upstream = await launchUpstream();
const gatehouse = await launchGatehouse({ upstream: upstream.port });
try {
  const found = new Map(Object.keys(TEXTS).map((name) => [name, []]));
  // round by round: the first call of each text meets code that is cold for it
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, text] of Object.entries(TEXTS))
      found.get(name).push(await measure(gatehouse, `${text} ${round}`));
  const rows = [...found].map(([name, calls]) => {
    const waits = calls.map(({ longest }) => longest);
    const numbers = [calls[0].ms, median(calls.map(({ ms }) => ms)), waits[0], median(waits), Math.max(...waits)];
    return [name, calls[0].status, ...numbers.map((ms) => ms.toFixed(0))];
  });
  const head = ['a megabyte of', 'status', 'call cold', 'call', 'wait cold', 'wait, median', 'wait, longest'];
  console.log(table(head, rows));
  if ([...found.values()].some((calls) => median(calls.map(({ longest }) => longest)) > MOST_MS)) process.exitCode = 1;
} finally {
  agent.destroy();
  await gatehouse.stop();
  await upstream.stop();
}
