import { Injectable } from '@nestjs/common';
import { GatewayError } from '../contract/errors';
import type { JsonObject } from '../contract/json';
import { WebhookSecrets } from '../features/jobs';
import { refusalNow } from '../platform/outbound/guarded-agent';
import { OutgoingHosts } from '../platform/outbound/outgoing-hosts';

const LOOK_UP_MS = 1_000;

/** Where the end of a job may be told. */
@Injectable()
export class WebhookTargets {
  constructor(
    private readonly hosts: OutgoingHosts,
    private readonly secrets: WebhookSecrets,
  ) {}

  /**
   * Whether a webhook can ever be sent; a name that is not found now may be found later.
   * @throws GatewayError `invalid_request` that names `webhook`; `storage_unavailable`
   */
  async check(tenantId: string, { url }: JsonObject): Promise<void> {
    const parsed = typeof url === 'string' ? URL.parse(url) : null;
    if (!parsed) throw refused('must be an https URL');
    const refusal = await refusalNow(this.hosts, parsed, LOOK_UP_MS);
    if (refusal !== undefined) throw refused(refusal);
    if (!(await this.secrets.find(tenantId)))
      throw refused('the tenant has no secret to sign it with; an operator makes one with POST /v1/webhooks/secret');
  }
}

function refused(why: string): GatewayError {
  return new GatewayError('invalid_request', `webhook: ${why}`, { param: 'webhook' });
}
