import { request } from 'undici';
import type { Anchor, Anchored } from './anchor';

/** Whoever takes a POST of the note and answers with success: a log collector, a mail gateway, a notary. */
export class HttpAnchor implements Anchor {
  readonly name: string;

  constructor(private readonly url: string) {
    const { origin, pathname } = new URL(url);
    this.name = origin + pathname;
  }

  async keep({ note, origin, size }: Anchored, signal: AbortSignal): Promise<void> {
    const { statusCode, body } = await request(this.url, {
      method: 'POST',
      body: note,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'x-gatehouse-log': origin,
        'x-gatehouse-size': String(size),
      },
      signal,
    });
    await body.dump();
    if (statusCode < 200 || statusCode > 299) throw new Error(`${this.name} answered ${statusCode}`);
  }
}
