import { randomBytes } from 'node:crypto';
import { type Gateway, startGateway } from './gateway';
import { NoticeReceivers } from './notice-receivers';
import { Upstream } from './upstream';
import { json, says } from './upstream-scripts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
}

const MODELS = 'aliases: { pair: [openai/gpt-4o, anthropic/claude-opus-4-8] }';
const PRICES = `
prices:
  openai/gpt-4o: { input: 2, output: 10 }
  anthropic/claude-opus-4-8: { input: 5, output: 25 }
`;
// what the gateway does by itself is to be seen: nothing else stands in
const POLICIES = `
defaults:
  retry: { attempts: 1 }
  breaker: { enabled: false }
  fallback: { enabled: false }
  degradation: { stale: false }
  cache: { exact: false }
`;

/** Two processes on one database, two providers of which one can be broken, and those who are told. */
export class IncidentSite {
  broken = false;
  /** How often the broken one failed. */
  failures = 0;
  readonly secret = ['whsec', randomBytes(24).toString('base64')].join('_');

  private constructor(
    readonly upstream: Upstream,
    readonly receivers: NoticeReceivers,
    private readonly gateways: Gateway[],
  ) {}

  static async start(rules: string): Promise<IncidentSite> {
    const [upstream, receivers] = await Promise.all([Upstream.start(), NoticeReceivers.start()]);
    const gateways: Gateway[] = [];
    const site = new IncidentSite(upstream, receivers, gateways);
    upstream.answers((exchange) => {
      if (!site.broken || !exchange.path.includes('chat/completions')) return says('Hello there')(exchange);
      site.failures++;
      return json({ error: { message: 'out of order' } }, 500)(exchange);
    });
    const first = await startGateway({
      env: {
        ...upstream.env,
        HOOK_SECRET: site.secret,
        SLACK_URL: `${receivers.url}/slack`,
        PAGER_KEY: 'r'.repeat(32),
      },
      settings: 'webhooks: { allow: ["127.0.0.1"] }',
      models: MODELS,
      prices: PRICES,
      policies: POLICIES,
      incidents: `
channels:
  hook: { type: webhook, url: "${receivers.url}/hook", secret: "env:HOOK_SECRET" }
  team: { type: slack, url: "env:SLACK_URL" }
  pager: { type: pagerduty, routingKey: "env:PAGER_KEY", url: "${receivers.url}/pager" }
delivery: { backoffMs: 50, maxBackoffMs: 200, timeoutMs: 2000 }
rules:
${rules}`,
    });
    gateways.push(first, await first.another());
    return site;
  }

  get first(): Gateway {
    return this.gateways[0] as Gateway;
  }

  get second(): Gateway {
    return this.gateways[1] as Gateway;
  }

  readonly api = async (
    method: string,
    path: string,
    body?: object,
    { key = this.first.rootKey, at = this.first } = {},
  ): Promise<Answer> => {
    const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(at.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    const parsed = text.startsWith('{') ? JSON.parse(text) : { text };
    return { status: answer.status, headers: answer.headers, body: parsed };
  };

  ask(at = this.first, key = this.first.rootKey, model = 'pair'): Promise<Answer> {
    const body = { model, messages: [{ role: 'user', content: 'Hello' }] };
    return this.api('POST', '/v1/chat/completions', body, { at, key });
  }

  /** The incidents about a subject, newest first. */
  async about(subject: string): Promise<Answer['body'][]> {
    const { body } = await this.api('GET', `/v1/incidents?subject=${encodeURIComponent(subject)}`);
    return body['data'];
  }

  async show(id: string): Promise<Answer['body']> {
    return (await this.api('GET', `/v1/incidents/${id}`)).body;
  }

  async close(): Promise<void> {
    await this.first?.close();
    await Promise.all([this.upstream.close(), this.receivers.close()]);
  }
}
