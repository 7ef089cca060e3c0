import { randomUUID } from 'node:crypto';
import OpenAI from 'openai';
import { recordOf } from './ask';
import { type Gateway, type GatewayOptions, startGateway } from './gateway';
import { Upstream } from './upstream';
import { says } from './upstream-scripts';

interface Answer {
  readonly status: number;
  readonly body: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
}

/** Two processes that share a database, and a provider that tells what it was asked. */
export class FlagSite {
  private constructor(
    readonly upstream: Upstream,
    readonly gateway: Gateway,
    readonly second: Gateway,
  ) {}

  static async start(options: GatewayOptions): Promise<FlagSite> {
    const upstream = await Upstream.start();
    upstream.answers(says('Hello there'));
    const gateway = await startGateway({ ...options, env: { ...upstream.env, ...options.env } });
    return new FlagSite(upstream, gateway, await gateway.another());
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await this.upstream.close();
  }

  readonly api = async (
    method: string,
    path: string,
    body?: object,
    { key = this.gateway.rootKey, at = this.gateway } = {},
  ): Promise<Answer> => {
    const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(at.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : {} };
  };

  /** Sets a flag. @throws when it was refused */
  async set(name: string, flag: object): Promise<Answer['body']> {
    const { status, body } = await this.api('PUT', `/v1/flags/${name}`, {
      flag: { description: 'x', owner: 'x', ...flag },
    });
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
  }

  client(at = this.gateway, apiKey = this.gateway.rootKey): OpenAI {
    return new OpenAI({ baseURL: `${at.url}/v1`, apiKey, maxRetries: 0 });
  }

  /** A call with the official SDK: what the provider was sent, and the headers of the answer. */
  async chat(
    model: string,
    {
      user,
      prompt = 'Hello',
      at = this.gateway,
      key = this.gateway.rootKey,
      headers = {},
    }: {
      readonly user?: string;
      readonly prompt?: string;
      readonly at?: Gateway;
      readonly key?: string;
      readonly headers?: Record<string, string>;
    } = {},
  ) {
    const id = randomUUID();
    const client = this.client(at, key);
    const before = this.upstream.exchanges.length;
    const { data, response } = await client.chat.completions
      .create(
        {
          model,
          messages: [
            { role: 'system', content: 'Be kind.' },
            { role: 'user', content: prompt },
          ],
          temperature: 0,
          ...(user !== undefined && { user }),
        },
        { headers: { 'x-request-id': id, ...headers } },
      )
      .withResponse();
    return {
      id,
      model: response.headers.get('x-gatehouse-model'),
      headers: response.headers,
      text: data.choices[0]?.message.content,
      sent: this.upstream.exchanges[before]?.body,
    };
  }

  recordOf(id: string): Promise<Record<string, unknown>> {
    return recordOf(this.gateway, id);
  }
}
