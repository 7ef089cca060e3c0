import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { GatewayError } from '../contract/errors';
import { type AfterTry, type ClaimedDelivery, Deliveries, signatureHeaders, WebhookSecrets } from '../features/jobs';
import { Config } from '../platform/config/config';
import { EventBus } from '../platform/events/event-bus';
import { OutgoingHosts } from '../platform/outbound/outgoing-hosts';
import { backOff, onceKept } from './waits';
import { type PostOutcome, WebhookPost } from './webhook-post';

const LOOK_MS = 1_000;
/** Until the transaction that told of something to send has probably ended. */
const SOON_MS = 20;
const FIGURES_EVERY = 5;
/** How long what became of a try is tried to be written down. */
const STORAGE_MS = 4_000;
/** What was not begun so long after it was asked for is left to others: its lease must not end while it is sent. */
const BEGIN_MS = 3_000;

/** Tells receivers of the ends of jobs, in every process: as many at a time as configured, whoever is next first. */
@Injectable()
export class WebhookSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Webhooks');
  private readonly post: WebhookPost;
  private readonly underWay = new Set<Promise<void>>();
  private readonly ending = new AbortController();
  private look: NodeJS.Timeout | undefined;
  private soon: NodeJS.Timeout | undefined;
  private claiming: Promise<void> | undefined;
  private claimAgain = false;
  private looks = 0;
  private failing = false;
  private stopped = false;

  constructor(
    private readonly config: Config,
    private readonly deliveries: Deliveries,
    private readonly secrets: WebhookSecrets,
    private readonly events: EventBus,
    hosts: OutgoingHosts,
  ) {
    this.post = new WebhookPost(hosts, config.webhooks.timeoutMs);
    deliveries.onDue(() => (this.soon ??= setTimeout(() => this.take(), SOON_MS).unref()));
  }

  onApplicationBootstrap(): void {
    this.next();
  }

  /** What is under way gets half of the grace; the rest is given back, for another process or the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.look);
    const cut = setTimeout(() => this.ending.abort(), this.config.server.shutdownGraceMs / 2);
    this.stopped = true;
    await this.claiming;
    await Promise.all(this.underWay);
    clearTimeout(cut);
    this.ending.abort();
    await this.post.close();
  }

  private next(): void {
    if (this.stopped) return;
    // replicas that started together do not stay in step
    this.look = setTimeout(
      () => {
        this.take();
        if (this.looks++ % FIGURES_EVERY === 0) void this.tellFigures();
        this.next();
      },
      LOOK_MS * (0.75 + Math.random() / 2),
    ).unref();
  }

  /** Takes what is due, as far as there is room. Returns at once. */
  private take(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    if (this.claiming) this.claimAgain = true;
    else if (!this.stopped)
      this.claiming = this.claim().finally(() => {
        this.claiming = undefined;
        if (this.claimAgain) this.take();
      });
  }

  private async claim(): Promise<void> {
    do {
      this.claimAgain = false;
      const room = this.config.webhooks.concurrency - this.underWay.size;
      if (room <= 0 || this.stopped) return;
      try {
        const asked = Date.now();
        for (const delivery of await this.deliveries.claim(room)) this.begin(delivery, asked);
        this.failing = false;
      } catch (error) {
        // once for each time that it begins to fail
        if (!this.failing) this.log.warn({ reason: GatewayError.from(error).code }, 'webhooks could not be taken');
        this.failing = true;
      }
    } while (this.claimAgain);
  }

  private begin(delivery: ClaimedDelivery, asked: number): void {
    const sending: Promise<void> = this.deliver(delivery, asked).finally(() => {
      this.underWay.delete(sending);
      // whoever waited in the same line is next
      this.take();
    });
    this.underWay.add(sending);
  }

  /** Never throws: what could not be written down is sent again once the lease has run out. */
  private async deliver(delivery: ClaimedDelivery, asked: number): Promise<void> {
    const at = new Date();
    const start = performance.now();
    try {
      const outcome = await this.outcomeOf(delivery, at, asked);
      const ms = performance.now() - start;
      const after = this.after(delivery, outcome);
      const { status, failure } = outcome;
      const tried = { at, ms, ...(status !== undefined && { status }), ...(failure && { failure }) };
      const mine = await onceKept(
        () => this.deliveries.tried(delivery, tried, after),
        new AbortController().signal,
        STORAGE_MS,
      );
      if (mine) this.tell(delivery, outcome, after, ms);
      // not worth waiting for the next look
      if ('againMs' in after && after.againMs < LOOK_MS) setTimeout(() => this.take(), after.againMs + SOON_MS).unref();
    } catch (error) {
      if (this.ending.signal.aborted) await this.deliveries.release(delivery).catch(() => undefined);
      else
        this.log.warn(
          { reason: GatewayError.from(error).code },
          'a webhook was not sent, or what became of it not kept',
        );
    }
  }

  private async outcomeOf(delivery: ClaimedDelivery, at: Date, asked: number): Promise<PostOutcome> {
    const { id, tenantId } = delivery;
    try {
      const secrets = await this.secrets.of(tenantId);
      if (Date.now() - asked > BEGIN_MS) throw new GatewayError('storage_unavailable', 'It is too late to begin');
      const message = delivery.open();
      return await this.post.send(message, signatureHeaders(id, at, message.body, secrets), this.ending.signal);
    } catch (error) {
      this.ending.signal.throwIfAborted();
      // the database is away: that is no try
      if (error instanceof GatewayError) throw error;
      this.log.error({ err: error }, 'a webhook could not be sent');
      return { failure: 'internal' };
    }
  }

  private after({ failures }: ClaimedDelivery, { failure, retryAfterMs = 0 }: PostOutcome): AfterTry {
    const { webhooks } = this.config;
    if (!failure) return { status: 'delivered' };
    if (failure === 'gone' || failures + 1 >= webhooks.attempts) return { status: 'failed' };
    return { againMs: Math.max(backOff(failures, webhooks), Math.min(retryAfterMs, webhooks.maxBackoffMs)) };
  }

  private tell({ event }: ClaimedDelivery, { status, failure }: PostOutcome, after: AfterTry, ms: number): void {
    const outcome = 'againMs' in after ? 'again' : after.status;
    const facts = { ...(failure && { reason: failure }), ...(status !== undefined && { status }) };
    this.events.emit('job.webhook', { event, outcome, ms, ...facts });
  }

  private async tellFigures(): Promise<void> {
    try {
      const { n, seconds } = await this.deliveries.waiting();
      this.events.emit('job.webhooks', { waiting: n, oldestSeconds: seconds });
    } catch {
      // the next figures say it
    }
  }
}
