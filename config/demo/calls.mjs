// The profile `demo` of docker compose: calls that give dashboards something to show. With no provider configured the sandbox answers them.
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 2_000;
const DEADLINE_MS = 60_000;
const QUESTIONS = [
  'Say hello.',
  'Name three colours.',
  'What is a gateway?',
  'Write to ada@example.com that we are late.',
];
const { GATEHOUSE_URL: url, GATEHOUSE_KEY: key } = process.env;

for (let n = 0; ; n++) {
  const body = {
    model: 'fast',
    stream: n % 2 === 0,
    messages: [{ role: 'user', content: QUESTIONS[n % QUESTIONS.length] }],
  };
  const said = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).then(
    async (response) => (await response.text(), response.status),
    ({ message }) => message,
  );
  console.log(`${new Date().toISOString()} ${said}`);
  await sleep(PAUSE_MS);
}
