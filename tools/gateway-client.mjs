// What commands share that ask a running gateway: who asks, how an answer is waited for, and what became of it.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const FIRST_POLL_MS = 250;
const MOST_POLL_MS = 2_000;
const CALL_MS = 60_000;

/** What was asked for could not be done: not the command's fault. Safe to print. */
export class NotDone extends Error {}

/** `--url` and `--key`, else GATEHOUSE_URL and GATEHOUSE_KEY. A key in the environment is not seen by who lists processes. */
const WHO = { url: { type: 'string' }, key: { type: 'string' } };

export class GatewayClient {
  constructor({ url = process.env.GATEHOUSE_URL ?? 'http://127.0.0.1:3000', key = process.env.GATEHOUSE_KEY }) {
    if (!key) throw new NotDone('say who asks with GATEHOUSE_KEY, or --key');
    this.url = url.replace(/\/+$/, '');
    this.key = key;
  }

  get(path, accept = 'application/json') {
    return this.ask('GET', path, undefined, accept);
  }

  post(path, body = {}) {
    return this.ask('POST', path, body);
  }

  async ask(method, path, body, accept = 'application/json') {
    const response = await this.sent(method, path, body, accept);
    const text = await response.text();
    if (response.ok) return accept === 'application/json' ? JSON.parse(text) : text;
    throw Object.assign(new NotDone(`${method} ${path}: ${response.status} ${detailOf(text)}`.trim()), {
      status: response.status,
    });
  }

  /**
   * What `path` shows once `done` is true of it. A gateway that is away for a moment is asked again.
   * @param lineOf what is said of an answer, to standard error, each time that it is another line than before
   * @throws NotDone when that takes more than so many seconds
   */
  async until(path, done, seconds, lineOf) {
    let last;
    const end = Date.now() + seconds * 1_000;
    for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 1.5, MOST_POLL_MS)) {
      const shown = await this.get(path).catch((error) => {
        if (error.status !== undefined && error.status !== 429 && error.status < 500) throw error;
        return undefined;
      });
      const line = shown && lineOf(shown);
      if (line !== undefined && line !== last) process.stderr.write(`${line}\n`);
      last = line ?? last;
      if (shown && done(shown)) return shown;
      if (Date.now() > end) throw new NotDone(`${path} is not done after ${seconds} s`);
      await sleep(wait);
    }
  }

  async sent(method, path, body, accept) {
    const headers = {
      authorization: `Bearer ${this.key}`,
      accept,
      ...(body && { 'content-type': 'application/json' }),
    };
    try {
      const signal = AbortSignal.timeout(CALL_MS);
      return await fetch(this.url + path, { method, headers, signal, ...(body && { body: JSON.stringify(body) }) });
    } catch (error) {
      throw new NotDone(`${this.url} does not answer: ${error.cause?.code ?? error.message}`);
    }
  }
}

/**
 * Runs a command to its exit code; 2, and how it is called or why not, where it could not be done. What all of them take is added to
 * its options: `--url`, `--key`, `--timeout` and `--help`.
 * @param {object} command
 * @param {string} command.usage ends with a new line
 * @param {import('node:util').ParseArgsOptionsConfig} command.options
 * @param {number} command.seconds how long it waits where nothing is said
 * @param {(values: object, client: GatewayClient, seconds: number) => Promise<number>} command.main gives the exit code
 */
export async function runCommand({ usage, options, seconds, main }) {
  const timeout = { type: 'string', default: String(seconds) };
  try {
    const { values } = parseArgs({ options: { ...options, ...WHO, timeout, help: { type: 'boolean' } } });
    if (values.help) process.stdout.write(usage);
    else process.exitCode = await main(values, new GatewayClient(values), secondsOf(values.timeout));
  } catch (error) {
    const misused = error.code?.startsWith('ERR_PARSE_ARGS');
    process.stderr.write(misused ? `${error.message}\n\n${usage}` : `not done: ${error.message}\n`);
    process.exitCode = 2;
  }
}

function secondsOf(text) {
  const seconds = Number(text);
  if (!(seconds > 0)) throw new NotDone('--timeout must be a number of seconds');
  return seconds;
}

function detailOf(text) {
  try {
    const { detail, title, error } = JSON.parse(text);
    return detail ?? error?.message ?? title ?? '';
  } catch {
    return '';
  }
}
