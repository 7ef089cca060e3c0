import type { RawData, WebSocket } from 'ws';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import type { JobEvent, JobFacts, JobFeed, KeyFeed } from '../../../features/jobs';
import { eventData } from '../job-views';
import { ALL, clientMessage, type ClientMessage, type ServerMessage } from './stream-messages';

/** Why this side closes a connection: a code of RFC 6455, and a word for it. */
export const CLOSINGS = {
  shutdown: 1001,
  unsupported: 1003,
  revoked: 1008,
  too_many_messages: 1008,
  too_slow: 1008,
} as const;
export type Closing = keyof typeof CLOSINGS;

/** A peer that does not answer the end of a connection is cut off. */
const FAREWELL_MS = 1_000;
const RATE_MS = 10_000;

export interface StreamBounds {
  readonly subscriptions: number;
  /** Messages from the peer in ten seconds. */
  readonly messages: number;
  /** What waits for a peer that reads slowly. */
  readonly bufferedBytes: number;
  /** How long something may wait for it. */
  readonly slowMs: number;
}

export interface StreamSources {
  readonly find: (caller: Caller, id: string) => Promise<JobFacts>;
  readonly feed: Pick<JobFeed, 'follow'>;
  readonly keyFeed: Pick<KeyFeed, 'follow'>;
  /** Whether anybody may be told of one more thing. */
  readonly hasRoom: () => boolean;
}

/** One connection: what its peer asked to be told, and telling it. */
export class StreamSession {
  private readonly subscriptions = new Map<string, AbortController>();
  private waitingBytes = 0;
  /** Since when something has been waiting to be read; 0 when nothing is. */
  private waitingSince = 0;
  private rateSince = 0;
  private messages = 0;
  private alive = true;
  /** Why this side ended it. */
  closing: Closing | undefined;

  constructor(
    private readonly socket: WebSocket,
    public caller: Caller,
    private readonly sources: StreamSources,
    private readonly bounds: StreamBounds,
  ) {
    socket.on('message', (data, isBinary) => this.hear(data, isBinary));
    socket.on('pong', () => (this.alive = true));
    // whatever is wrong with the connection, it is closed next
    socket.on('error', () => undefined);
    socket.on('close', () => this.subscriptions.forEach((subscription) => subscription.abort()));
  }

  /** Ends what is not read; called every second. */
  look(now = Date.now()): void {
    if (this.waitingSince && now - this.waitingSince > this.bounds.slowMs) this.close('too_slow');
  }

  /** Asks whether the peer is there; one that did not answer since the last time is not. */
  ping(): void {
    if (!this.alive) return this.socket.terminate();
    this.alive = false;
    this.socket.ping();
  }

  close(why: Closing): void {
    if (this.closing) return;
    this.closing = why;
    this.subscriptions.forEach((subscription) => subscription.abort());
    this.socket.close(CLOSINGS[why], why);
    setTimeout(() => this.socket.terminate(), FAREWELL_MS).unref();
  }

  private hear(data: RawData, isBinary: boolean): void {
    if (this.closing) return;
    const now = Date.now();
    if (now - this.rateSince > RATE_MS) [this.rateSince, this.messages] = [now, 0];
    if (++this.messages > this.bounds.messages) return this.close('too_many_messages');
    if (isBinary) return this.close('unsupported');
    try {
      this.act(clientMessage((data as Buffer).toString()));
    } catch (error) {
      this.refuse(error);
    }
  }

  private act(message: ClientMessage): void {
    const { type, job } = message;
    this.subscriptions.get(job)?.abort();
    if (type === 'unsubscribe') {
      this.subscriptions.delete(job);
      return this.say({ type: 'unsubscribed', job });
    }
    if (!this.subscriptions.has(job) && this.subscriptions.size >= this.bounds.subscriptions)
      throw new GatewayError('overloaded', `At most ${this.bounds.subscriptions} subscriptions on one connection`);
    if (!this.sources.hasRoom()) throw new GatewayError('overloaded', 'Too many callers watch jobs already');
    const subscription = new AbortController();
    this.subscriptions.set(job, subscription);
    void this.follow(message, subscription.signal).finally(() => {
      if (this.subscriptions.get(job) === subscription) this.subscriptions.delete(job);
    });
  }

  private async follow(message: Extract<ClientMessage, { type: 'subscribe' }>, signal: AbortSignal): Promise<void> {
    const { job } = message;
    try {
      if (job === ALL) await this.followAll(new Map(Object.entries(message.last_event_ids ?? {})), signal);
      else await this.followOne(job, message.last_event_id ?? 0, signal);
      // a subscription that was ended by somebody is no news
      if (!signal.aborted) this.say({ type: 'ended', job });
    } catch (error) {
      if (!signal.aborted) this.refuse(error, job);
    }
  }

  private async followOne(id: string, after: number, signal: AbortSignal): Promise<void> {
    const { keyId } = await this.sources.find(this.caller, id);
    if (signal.aborted) return;
    this.say({ type: 'subscribed', job: id });
    const isOwn = keyId === this.caller.keyId;
    for await (const event of this.sources.feed.follow(id, after, signal)) {
      if (signal.aborted) return;
      // content is for whoever handed the job in
      if (event.type !== 'partial' || isOwn) await this.tell(id, event);
    }
  }

  private async followAll(known: ReadonlyMap<string, number>, signal: AbortSignal): Promise<void> {
    this.say({ type: 'subscribed', job: ALL });
    for await (const { jobId, event } of this.sources.keyFeed.follow(this.caller.keyId, known, signal)) {
      if (signal.aborted) return;
      await this.tell(jobId, event);
    }
  }

  private tell(job: string, event: JobEvent): Promise<void> {
    return this.send({ type: 'event', job, id: event.seq, event: event.type, data: eventData(event, job) });
  }

  private refuse(error: unknown, job?: string): void {
    const { code, message } = GatewayError.from(error);
    this.say({ type: 'error', ...(job !== undefined && { job }), code, message });
  }

  private say(message: ServerMessage): void {
    void this.send(message);
  }

  /** Resolves when the message has left, or never will: whoever has more to say of the same waits for that. */
  private async send(message: ServerMessage): Promise<void> {
    if (this.closing || this.socket.readyState !== this.socket.OPEN) return;
    const bytes = Buffer.from(JSON.stringify(message));
    if (this.waitingBytes > this.bounds.bufferedBytes) return this.close('too_slow');
    this.waitingBytes += bytes.length;
    this.waitingSince ||= Date.now();
    await new Promise<void>((sent) => this.socket.send(bytes, { binary: false }, () => sent()));
    this.waitingBytes -= bytes.length;
    // something left: what still waits gets its time anew
    this.waitingSince = this.waitingBytes ? Date.now() : 0;
  }
}
