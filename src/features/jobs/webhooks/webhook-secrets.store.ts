import type { SealedBox } from '../../../platform/secrets/sealed-box';
import type { JobsDatabase } from '../jobs-database.store';
import { newWebhookSecret } from './webhook-signature';

const PURPOSE = 'webhook-secret';
const FIND = `
  select secret, created_at, previous, previous_until from webhook_secrets where tenant_id = $1`;
const RENEW = `
  insert into webhook_secrets as s (tenant_id, secret, created_at) values ($1, $2, clock_timestamp())
  on conflict (tenant_id) do update set secret = excluded.secret, created_at = excluded.created_at,
    previous = case when $3 > 0 then s.secret end,
    previous_until = case when $3 > 0 then clock_timestamp() + make_interval(secs => $3) end
  returning created_at, previous_until`;

interface Row {
  readonly secret: Buffer;
  readonly created_at: Date;
  readonly previous: Buffer | null;
  readonly previous_until: Date | null;
}

/** What may be said of a secret. */
export interface WebhookSecretFacts {
  readonly createdAt: Date;
  /** Messages are signed with the one before as well until then. */
  readonly previousUntil?: Date;
}

/** With what the webhooks of a tenant are signed. A secret is told once, when it is made. */
export class WebhookSecrets {
  constructor(
    private readonly database: JobsDatabase,
    private readonly box: SealedBox,
  ) {}

  /**
   * A new secret, in the place of the one before.
   * @param overlapSeconds messages are signed with both for so long
   */
  async renew(tenantId: string, overlapSeconds: number): Promise<WebhookSecretFacts & { readonly secret: string }> {
    const secret = newWebhookSecret();
    const sealed = this.box.seal(PURPOSE, tenantId, 'secret', Buffer.from(secret));
    const { rows } = await this.database.query<Row>(RENEW, [tenantId, sealed, overlapSeconds]);
    return { ...factsOf(rows[0] as Row), secret };
  }

  /** @returns undefined when there is none */
  async find(tenantId: string): Promise<WebhookSecretFacts | undefined> {
    const row = await this.row(tenantId);
    return row && factsOf(row);
  }

  /** Those to sign with now, the newest first; none when the tenant has none. @throws GatewayError `storage_unavailable` */
  async of(tenantId: string, now = Date.now()): Promise<readonly string[]> {
    const row = await this.row(tenantId);
    if (!row) return [];
    const isOverlap = row.previous_until !== null && row.previous_until.getTime() > now;
    return [row.secret, ...(row.previous && isOverlap ? [row.previous] : [])].map((sealed) =>
      this.box.open(PURPOSE, tenantId, 'secret', sealed).toString(),
    );
  }

  private async row(tenantId: string): Promise<Row | undefined> {
    return (await this.database.query<Row>({ name: 'webhook-secret', text: FIND, values: [tenantId] })).rows[0];
  }
}

function factsOf({ created_at, previous_until }: Pick<Row, 'created_at' | 'previous_until'>): WebhookSecretFacts {
  return { createdAt: created_at, ...(previous_until && { previousUntil: previous_until }) };
}
