// The gateway as an auditor asks it.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What the gateway refused, or that it could not be asked. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const ANSWER_MS = 60_000;
/** An export may take as long as it sends something. */
const EXPORT_MS = 3_600_000;
const PAGE = 100;

export class Gateway {
  #url;
  #key;

  constructor(url, key) {
    this.#url = url.replace(/\/+$/, '');
    this.#key = key;
  }

  async #ask(path, { body, ms = ANSWER_MS } = {}) {
    const method = body ? 'POST' : 'GET';
    const response = await fetch(this.#url + path, {
      method,
      headers: { authorization: `Bearer ${this.#key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ms),
    }).catch((error) => {
      throw new Refused(`${this.#url} cannot be asked: ${error.cause?.code ?? error.name}`);
    });
    if (response.ok) return response;
    const { detail = '' } = await response.json().catch(() => ({}));
    throw new Refused(`${method} ${path}: ${response.status} ${detail}`.trim(), response.status);
  }

  async text(path) {
    return (await this.#ask(path)).text();
  }

  async json(path) {
    return (await this.#ask(path)).json();
  }

  /** Every row of a list. @param {(row: object) => boolean} goesOn false at the first row that is not wanted any more */
  async list(path, goesOn = () => true) {
    const rows = [];
    for (let cursor = ''; cursor !== null;) {
      const page = await this.json(
        `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE}${cursor && `&cursor=${cursor}`}`,
      );
      for (const row of page.data) {
        if (!goesOn(row)) return rows;
        rows.push(row);
      }
      cursor = page.next_cursor;
    }
    return rows;
  }

  /** An export of the log, into a file. That it is read is on record before the first byte comes. */
  async export(file, body) {
    const response = await this.#ask('/v1/audit/exports', { body, ms: EXPORT_MS });
    if (response.status !== 200) throw new Refused('the export waits for an approval');
    await pipeline(Readable.fromWeb(response.body), createWriteStream(file, { mode: 0o600 }));
  }
}
