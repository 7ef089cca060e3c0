import { Body, Controller, Delete, Get, Header, HttpCode, Param, Put, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Acts } from '../../../features/audit';
import { ModelEntries } from '../../../features/models';
import { listOf } from '../../admin/list-schema';
import { ValidPipe } from '../../admin/valid.pipe';
import { Allow, type CallerRequest } from '../../guards';
import { ModelHistory, modelHistoryView, ModelParam, ModelQuery, ModelView, modelView, NewModel } from './model-schema';
import { rootCaller } from './root-caller';
import { ResetQuery, VersionQuery } from './setting-schema';

/** Models by `provider/model`, which may hold slashes: nothing can follow it. */
@ApiTags('models')
@ApiBearerAuth()
@Allow('operator', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/models/registry')
export class EntriesController {
  constructor(
    private readonly entries: ModelEntries,
    private readonly acts: Acts,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Every model of which something is known, by name' })
  @ApiOkResponse({ standardSchema: listOf(ModelView) })
  async list(@Req() request: CallerRequest, @Query({ schema: ModelQuery }) { cursor, limit }: ModelQuery) {
    rootCaller(request);
    const { items, next } = await this.entries.list(cursor, limit);
    return { data: items.map(modelView), next_cursor: next };
  }

  @Get('versions/*')
  @ApiOperation({ summary: 'Every version of what was ever set about a model, newest first' })
  @ApiOkResponse({ standardSchema: ModelHistory })
  async history(
    @Req() request: CallerRequest,
    @Param('*', { schema: ModelParam }) name: string,
    @Query({ schema: VersionQuery }) { cursor, limit }: VersionQuery,
  ) {
    rootCaller(request);
    return modelHistoryView(await this.entries.history(name, cursor, limit + 1), limit);
  }

  @Get('*')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What is known of a model' })
  @ApiOkResponse({ standardSchema: ModelView })
  async show(@Req() request: CallerRequest, @Param('*', { schema: ModelParam }) name: string) {
    rootCaller(request);
    return modelView(await this.entries.find(name));
  }

  @Put('*')
  @ApiOperation({
    summary:
      'Set what is known of a model, its end before all; in every process within a second, on record before it is',
  })
  @ApiOkResponse({ standardSchema: ModelView })
  async set(
    @Req() request: CallerRequest,
    @Param('*', { schema: ModelParam }) name: string,
    @Body({ schema: NewModel }) { model, version }: NewModel,
  ) {
    const actor = rootCaller(request);
    this.entries.check(name, model);
    const { deprecatedAt, retiresAt, replacement } = model;
    const act = {
      event: 'model.change',
      metadata: {
        target: name,
        replaces: version,
        deprecated_at: deprecatedAt ?? undefined,
        retires_at: retiresAt ?? undefined,
        replacement: replacement ?? undefined,
      },
      payload: { model },
    } as const;
    return modelView(await this.acts.perform(actor, act, () => this.entries.set(name, model, version, actor.keyId)));
  }

  @Delete('*')
  @HttpCode(204)
  @ApiOperation({ summary: 'Drop what was set here: what is known of the model is what config/models.yaml declares' })
  @ApiNoContentResponse()
  async reset(
    @Req() request: CallerRequest,
    @Param('*', { schema: ModelParam }) name: string,
    @Query({ schema: ResetQuery }) { version }: ResetQuery,
  ): Promise<void> {
    const actor = rootCaller(request);
    await this.entries.find(name);
    const act = { event: 'model.reset', metadata: { target: name, replaces: version } } as const;
    await this.acts.perform(actor, act, () => this.entries.reset(name, version, actor.keyId));
  }
}
