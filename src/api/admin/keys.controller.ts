import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query, Req, UsePipes } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { z } from 'zod';
import { uuidv7 } from '../../contract/ids';
import { Acts } from '../../features/audit';
import { ApiKeys } from '../../features/tenancy';
import { Allow } from '../guards/access';
import { callerOf, type CallerRequest } from '../guards/caller-request';
import { CreatedKey, KeyQuery, keyView, KeyView, NewKey } from './key-schema';
import { listOf } from './list-schema';
import { ValidPipe } from './valid.pipe';

@ApiTags('keys')
@ApiBearerAuth()
@Allow('admin')
@UsePipes(ValidPipe)
@Controller('v1/keys')
export class KeysController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly acts: Acts,
  ) {}

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Make an API key; the answer is the only place where it can be read' })
  @ApiCreatedResponse({ standardSchema: CreatedKey })
  async create(@Req() request: CallerRequest, @Body({ schema: NewKey }) body: z.output<typeof NewKey>) {
    const { expires_at, ...draft } = body;
    const expiresAt = expires_at === undefined ? undefined : new Date(expires_at);
    const [actor, id] = [callerOf(request), uuidv7()];
    const { stored, key } = await this.acts.perform(
      actor,
      {
        event: 'key.create',
        tenant: actor.root ? body.tenant : undefined,
        metadata: { target: id, roles: [...draft.roles].sort() },
        payload: body,
      },
      () => this.keys.create(actor, { ...draft, expiresAt }, id),
    );
    return { ...keyView(stored), key };
  }

  @Get()
  @ApiOperation({ summary: 'List API keys, newest first' })
  @ApiOkResponse({ standardSchema: listOf(KeyView) })
  async list(@Req() request: CallerRequest, @Query({ schema: KeyQuery }) query: z.output<typeof KeyQuery>) {
    const { items, next } = await this.keys.list(callerOf(request), query);
    return { data: items.map(keyView), next_cursor: next };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show an API key' })
  @ApiOkResponse({ standardSchema: KeyView })
  async show(@Req() request: CallerRequest, @Param('id') id: string) {
    return keyView(await this.keys.find(callerOf(request), id));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke an API key, at once and for good' })
  @ApiNoContentResponse()
  async revoke(@Req() request: CallerRequest, @Param('id') id: string): Promise<void> {
    const actor = callerOf(request);
    const { tenantId } = await this.keys.find(actor, id);
    await this.acts.perform(actor, { event: 'key.revoke', tenant: tenantId, metadata: { target: id } }, () =>
      this.keys.revoke(actor, id),
    );
  }
}
