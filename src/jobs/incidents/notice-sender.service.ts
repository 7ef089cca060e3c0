import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type AfterNotice, type ClaimedNotice, NOTICE_BODIES, Notices } from '../../features/incidents';
import { signatureHeaders } from '../../features/jobs';
import { Config } from '../../platform/config/config';
import { EventBus } from '../../platform/events/event-bus';
import { channelSecret } from '../../platform/config/needed-secrets';
import { OutgoingHosts } from '../../platform/outbound/outgoing-hosts';
import { backOff } from '../waits';
import { type PostOutcome, WebhookPost } from '../webhook-post';
import { Turns } from '../turns';

const LOOK_MS = 500;
/** Beyond its deadline a try needs so long to be written down; then its process is taken for dead. */
const GRACE_SECONDS = 10;

/** Tells people of incidents, from whichever process: at least once, and under the same name however often. */
@Injectable()
export class NoticeSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly turns = new Turns(
    () => this.look(),
    LOOK_MS,
    new Logger('Incidents'),
    'nobody could be told of incidents',
  );
  private readonly post: WebhookPost;
  private readonly ending = new AbortController();

  constructor(
    private readonly config: Config,
    private readonly notices: Notices,
    private readonly events: EventBus,
    hosts: OutgoingHosts,
  ) {
    this.post = new WebhookPost(hosts, config.incidents.delivery.timeoutMs);
  }

  onApplicationBootstrap(): void {
    this.turns.start();
  }

  /** What is under way is sent again by another process, or after the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort(new Error('the process ends'));
    await this.turns.stop();
    await this.post.close();
  }

  private async look(): Promise<void> {
    const lease = this.config.incidents.delivery.timeoutMs / 1_000 + GRACE_SECONDS;
    await Promise.all((await this.notices.claim(lease)).map((notice) => this.deliver(notice)));
  }

  private async deliver(notice: ClaimedNotice): Promise<void> {
    const at = new Date();
    const started = performance.now();
    const outcome = await this.send(notice, at);
    const ms = performance.now() - started;
    const after = this.after(notice, outcome);
    const { status, failure } = outcome;
    await this.notices.tried(
      notice,
      { at, ms, ...(status !== undefined && { status }), ...(failure && { failure }) },
      after,
    );
    this.events.emit('incident.notice', {
      id: notice.incidentId,
      channel: notice.channel,
      outcome: 'status' in after ? after.status : 'again',
      ms,
      ...(failure && { reason: failure }),
      ...(status !== undefined && { status }),
    });
  }

  private async send({ id, kind, facts, createdAt, channel: name }: ClaimedNotice, at: Date): Promise<PostOutcome> {
    const channel = this.config.incidents.channels[name];
    // it was removed from the configuration
    if (!channel) return { failure: 'gone' };
    const secret = this.config.secrets.get(channelSecret(name)).current.reveal();
    const body = JSON.stringify(NOTICE_BODIES[channel.type]({ id, kind, at: createdAt, facts }, secret));
    const url = channel.type === 'slack' ? secret : channel.url;
    const headers = channel.type === 'webhook' ? signatureHeaders(id, at, body, [secret]) : {};
    return this.post.send({ url, body }, headers, this.ending.signal);
  }

  private after({ failures }: ClaimedNotice, { failure, retryAfterMs = 0 }: PostOutcome): AfterNotice {
    const { delivery } = this.config.incidents;
    if (!failure) return { status: 'delivered' };
    if (failure === 'gone' || failures + 1 >= delivery.attempts) return { status: 'failed' };
    return { againMs: Math.max(backOff(failures, delivery), Math.min(retryAfterMs, delivery.maxBackoffMs)) };
  }
}
