import { Body, Controller, Delete, Get, Header, HttpCode, Param, Put, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Acts } from '../../../features/audit';
import { Aliases } from '../../../features/models';
import { listOf } from '../../admin/list-schema';
import { ValidPipe } from '../../admin/valid.pipe';
import { Allow, type CallerRequest } from '../../guards';
import { AliasHistory, AliasParam, AliasQuery, AliasView, aliasView, historyView, NewAlias } from './alias-schema';
import { rootCaller } from './root-caller';
import { ResetQuery, VersionQuery } from './setting-schema';

@ApiTags('models')
@ApiBearerAuth()
@Allow('operator', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/models/registry/aliases')
export class AliasesController {
  constructor(
    private readonly aliases: Aliases,
    private readonly acts: Acts,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Every alias as it is now, by name' })
  @ApiOkResponse({ standardSchema: listOf(AliasView) })
  async list(@Req() request: CallerRequest, @Query({ schema: AliasQuery }) { cursor, limit }: AliasQuery) {
    rootCaller(request);
    const { items, next } = await this.aliases.list(cursor, limit);
    return { data: items.map(aliasView), next_cursor: next };
  }

  @Get(':alias')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What an alias stands for' })
  @ApiOkResponse({ standardSchema: AliasView })
  async show(@Req() request: CallerRequest, @Param('alias', { schema: AliasParam }) alias: string) {
    rootCaller(request);
    return aliasView(await this.aliases.find(alias));
  }

  @Put(':alias')
  @ApiOperation({
    summary:
      'Point an alias at other models, in every process within a second; the change is on record before it is made',
  })
  @ApiOkResponse({ standardSchema: AliasView })
  async set(
    @Req() request: CallerRequest,
    @Param('alias', { schema: AliasParam }) alias: string,
    @Body({ schema: NewAlias }) { version, ...setting }: NewAlias,
  ) {
    const actor = rootCaller(request);
    this.aliases.check(alias, setting);
    const act = {
      event: 'alias.change',
      metadata: { target: alias, models: setting.models, shadow: setting.shadow?.model, replaces: version },
    } as const;
    return aliasView(await this.acts.perform(actor, act, () => this.aliases.set(alias, setting, version, actor.keyId)));
  }

  @Delete(':alias')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Drop what was set here: the alias is what config/models.yaml declares, or nothing; its versions stay',
  })
  @ApiNoContentResponse()
  async reset(
    @Req() request: CallerRequest,
    @Param('alias', { schema: AliasParam }) alias: string,
    @Query({ schema: ResetQuery }) { version }: ResetQuery,
  ): Promise<void> {
    const actor = rootCaller(request);
    await this.aliases.find(alias);
    const act = { event: 'alias.reset', metadata: { target: alias, replaces: version } } as const;
    await this.acts.perform(actor, act, () => this.aliases.reset(alias, version, actor.keyId));
  }

  @Get(':alias/versions')
  @ApiOperation({ summary: 'Every version that was ever set, newest first' })
  @ApiOkResponse({ standardSchema: AliasHistory })
  async history(
    @Req() request: CallerRequest,
    @Param('alias', { schema: AliasParam }) alias: string,
    @Query({ schema: VersionQuery }) { cursor, limit }: VersionQuery,
  ) {
    rootCaller(request);
    return historyView(await this.aliases.history(alias, cursor, limit + 1), limit);
  }
}
