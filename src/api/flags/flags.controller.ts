import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Req,
  UsePipes,
} from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { Acts } from '../../features/audit';
import { type Flag, FlagEvaluations, FlagSettings } from '../../features/flags';
import { Tenants } from '../../features/tenancy';
import { listOf } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import {
  answerView,
  FlagAnswer,
  FlagHistory,
  FlagParam,
  FlagQuery,
  FlagQuestion,
  FlagView,
  flagView,
  historyView,
  NewFlag,
  VersionQuery,
} from './flag-schema';

@ApiTags('flags')
@ApiBearerAuth()
@Allow('operator', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/flags')
export class FlagsController {
  constructor(
    private readonly settings: FlagSettings,
    private readonly evaluations: FlagEvaluations,
    private readonly tenants: Tenants,
    private readonly acts: Acts,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Every flag as it is now, by name' })
  @ApiOkResponse({ standardSchema: listOf(FlagView) })
  async list(@Req() request: CallerRequest, @Query({ schema: FlagQuery }) { cursor, limit }: FlagQuery) {
    rootCaller(request);
    const { items, next } = await this.settings.list(cursor, limit);
    return { data: items.map(shown), next_cursor: next };
  }

  @Get(':name')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A flag as it is now, with the step of its schedule' })
  @ApiOkResponse({ standardSchema: FlagView })
  async show(@Req() request: CallerRequest, @Param('name', { schema: FlagParam }) name: string) {
    rootCaller(request);
    return shown(await this.settings.find(name));
  }

  @Put(':name')
  @ApiOperation({ summary: 'Set a flag; every version is kept, and the change is on record before it takes effect' })
  @ApiOkResponse({ standardSchema: FlagView })
  async set(
    @Req() request: CallerRequest,
    @Param('name', { schema: FlagParam }) name: string,
    @Body({ schema: NewFlag }) { flag, version }: NewFlag,
  ) {
    const actor = rootCaller(request);
    this.settings.check(name, flag);
    const act = {
      event: 'flag.change',
      metadata: { target: name, replaces: version, decides: flag.decides?.what, expires: flag.expires },
      payload: { flag },
    } as const;
    return shown(await this.acts.perform(actor, act, () => this.settings.set(name, flag, version, actor.keyId)));
  }

  @Post(':name/kill')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give everybody the default, within a second and in every process' })
  @ApiOkResponse({ standardSchema: FlagView })
  async kill(@Req() request: CallerRequest, @Param('name', { schema: FlagParam }) name: string) {
    const actor = rootCaller(request);
    await this.settings.find(name);
    const act = { event: 'flag.kill', metadata: { target: name } } as const;
    return shown(await this.acts.perform(actor, act, () => this.settings.kill(name, actor.keyId)));
  }

  @Post(':name/revive')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let a killed flag be what it was' })
  @ApiOkResponse({ standardSchema: FlagView })
  async revive(@Req() request: CallerRequest, @Param('name', { schema: FlagParam }) name: string) {
    const actor = rootCaller(request);
    await this.settings.find(name);
    const act = { event: 'flag.revive', metadata: { target: name } } as const;
    return shown(await this.acts.perform(actor, act, () => this.settings.revive(name, actor.keyId)));
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Drop what was set here: the flag is what config/flags.yaml declares, or nothing; its versions stay',
  })
  @ApiNoContentResponse()
  async reset(@Req() request: CallerRequest, @Param('name', { schema: FlagParam }) name: string): Promise<void> {
    const actor = rootCaller(request);
    await this.settings.find(name);
    const act = { event: 'flag.reset', metadata: { target: name } } as const;
    await this.acts.perform(actor, act, () => this.settings.reset(name, actor.keyId));
  }

  @Get(':name/versions')
  @ApiOperation({ summary: 'Every version that was ever set, newest first' })
  @ApiOkResponse({ standardSchema: FlagHistory })
  async history(
    @Req() request: CallerRequest,
    @Param('name', { schema: FlagParam }) name: string,
    @Query({ schema: VersionQuery }) { cursor, limit }: VersionQuery,
  ) {
    rootCaller(request);
    return historyView(await this.settings.history(name, cursor, limit + 1), limit);
  }

  @Post(':name/evaluate')
  @HttpCode(200)
  @ApiOperation({ summary: 'What a flag would say of a call, and why; nothing is called' })
  @ApiOkResponse({ standardSchema: FlagAnswer })
  async evaluate(
    @Req() request: CallerRequest,
    @Param('name', { schema: FlagParam }) name: string,
    @Body({ schema: FlagQuestion }) { context, at }: FlagQuestion,
  ) {
    const caller = rootCaller(request);
    const flag = await this.settings.find(name);
    const { tenant = caller.tenantId, key: keyId = caller.keyId, ...rest } = context;
    const { id: tenantId, name: tenantName } = await this.tenants.find(caller, tenant);
    const moment = at === undefined ? undefined : Date.parse(at);
    const decision = await this.evaluations.evaluate(flag, { tenantId, tenantName, keyId, ...rest }, moment);
    return answerView(flag, decision, this.evaluations.provider);
  }
}

const shown = (flag: Flag) => flagView(flag, Date.now());

/** Flags are about every tenant. @throws GatewayError `forbidden` */
function rootCaller(request: CallerRequest): Caller {
  const caller = callerOf(request);
  if (!caller.root)
    throw new GatewayError('forbidden', 'Flags hold for every tenant: they need a key of the root tenant');
  return caller;
}
