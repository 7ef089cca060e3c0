import { type Agent, request } from 'undici';
import type { Message, Try, TryFailure } from '../features/jobs';
import { ForbiddenAddress, guardedAgent } from '../platform/outbound/guarded-agent';
import type { OutgoingHosts } from '../platform/outbound/outgoing-hosts';

const GONE = 410;
const NOT_FOUND: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);
const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/** What a receiver did with a message. */
export type PostOutcome = Pick<Try, 'status' | 'failure'> & {
  /** It asked not to be asked again before. */
  readonly retryAfterMs?: number;
};

/** Sends messages to receivers that callers named: to no private address, following nobody, reading no answer beyond its head. */
export class WebhookPost {
  private readonly agent: Agent;

  constructor(
    private readonly hosts: OutgoingHosts,
    private readonly timeoutMs: number,
    agent?: Agent,
  ) {
    this.agent = agent ?? guardedAgent(hosts, timeoutMs);
  }

  /** Never throws but what `signal` is aborted with. */
  async send(
    { url, body }: Message,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<PostOutcome> {
    // what the operator allowed when the job was handed in may be forbidden by now
    const refusal = this.hosts.refusal(new URL(url));
    if (refusal !== undefined) return { failure: 'private_address' };
    const deadline = AbortSignal.timeout(this.timeoutMs);
    try {
      const answer = await request(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'Gatehouse-Webhooks/1' },
        body,
        dispatcher: this.agent,
        signal: AbortSignal.any([signal, deadline]),
        // receivers are many and messages to each are few
        reset: true,
      });
      answer.body.on('error', () => undefined).destroy();
      return outcomeOf(answer.statusCode, answer.headers['retry-after']);
    } catch (error) {
      signal.throwIfAborted();
      return { failure: deadline.aborted ? 'timeout' : failureOf(error) };
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

function outcomeOf(status: number, retryAfter: string | string[] | undefined): PostOutcome {
  if (status >= 200 && status < 300) return { status };
  if (status >= 300 && status < 400) return { status, failure: 'redirect' };
  if (status === GONE) return { status, failure: 'gone' };
  const seconds = typeof retryAfter === 'string' && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : undefined;
  return { status, failure: 'status', ...(seconds !== undefined && { retryAfterMs: seconds * 1_000 }) };
}

function failureOf(error: unknown): TryFailure {
  if (error instanceof ForbiddenAddress) return 'private_address';
  const { code = '', name } = error as { readonly code?: string; readonly name?: string };
  if (NOT_FOUND.has(code)) return 'name';
  if (TLS.test(code)) return 'tls';
  return /TIMEOUT|TIMEDOUT/.test(code) || name === 'TimeoutError' ? 'timeout' : 'connection';
}
