import { Body, Controller, Get, Header, Post, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GatewayError } from '../../contract/errors';
import { Acts } from '../../features/audit';
import { type WebhookSecretFacts, WebhookSecrets } from '../../features/jobs';
import { Tenants } from '../../features/tenancy';
import { NoQuery } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { CreatedSecret, NewSecret, SecretQuery, SecretView } from './webhook-schema';

/** With what the webhooks of a tenant are signed. */
@ApiTags('jobs')
@ApiBearerAuth()
@Allow('operator', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/webhooks/secret')
export class WebhookSecretController {
  constructor(
    private readonly secrets: WebhookSecrets,
    private readonly tenants: Tenants,
    private readonly acts: Acts,
  ) {}

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary:
      'Make a secret to sign webhooks with, or take a new one; the answer is the only place where it can be read',
  })
  @ApiCreatedResponse({ standardSchema: CreatedSecret })
  async renew(
    @Req() request: CallerRequest,
    @Query({ schema: NoQuery }) _query: NoQuery,
    @Body({ schema: NewSecret }) body: NewSecret,
  ) {
    const actor = callerOf(request);
    const { id } = await this.tenants.find(actor, body.tenant ?? actor.tenantId);
    const metadata = { target: id, overlap_seconds: body.overlap_seconds };
    const made = await this.acts.perform(actor, { event: 'webhook.secret', tenant: id, metadata }, () =>
      this.secrets.renew(id, body.overlap_seconds),
    );
    return { ...viewOf(id, made), secret: made.secret };
  }

  @Get()
  @ApiOperation({ summary: 'Since when webhooks are signed with the secret in use; never the secret' })
  @ApiOkResponse({ standardSchema: SecretView })
  async show(@Req() request: CallerRequest, @Query({ schema: SecretQuery }) { tenant }: SecretQuery) {
    const actor = callerOf(request);
    const { id } = await this.tenants.find(actor, tenant ?? actor.tenantId);
    const found = await this.secrets.find(id);
    if (!found) throw new GatewayError('not_found', 'The tenant has no secret for webhooks');
    return viewOf(id, found);
  }
}

function viewOf(tenant: string, { createdAt, previousUntil }: WebhookSecretFacts): SecretView {
  return {
    tenant,
    created_at: createdAt.toISOString(),
    previous_until: previousUntil && previousUntil.getTime() > Date.now() ? previousUntil.toISOString() : null,
  };
}
