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
  constructor(private readonly keys: ApiKeys) {}

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Make an API key; the answer is the only place where it can be read' })
  @ApiCreatedResponse({ standardSchema: CreatedKey })
  async create(@Req() request: CallerRequest, @Body({ schema: NewKey }) body: z.output<typeof NewKey>) {
    const { expires_at, ...draft } = body;
    const expiresAt = expires_at === undefined ? undefined : new Date(expires_at);
    const { stored, key } = await this.keys.create(callerOf(request), { ...draft, expiresAt });
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
    await this.keys.revoke(callerOf(request), id);
  }
}
