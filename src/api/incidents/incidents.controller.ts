import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { Acts, type PlainObject, type Receipt } from '../../features/audit';
import { Incidents, reportOf } from '../../features/incidents';
import { EventBus } from '../../platform/events/event-bus';
import { listOf } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import {
  FullIncidentView,
  IncidentParam,
  IncidentQuery,
  IncidentView,
  NewNote,
  RemedyParam,
  ReportQuery,
  StatsQuery,
  StatsView,
} from './incident-schema';
import { fullIncidentView, incidentView, reportView, statsView } from './incident-views';

@ApiTags('incidents')
@ApiBearerAuth()
@Allow('operator', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/incidents')
export class IncidentsController {
  constructor(
    private readonly incidents: Incidents,
    private readonly acts: Acts,
    private readonly events: EventBus,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List incidents, newest first' })
  @ApiOkResponse({ standardSchema: listOf(IncidentView) })
  async list(@Req() request: CallerRequest, @Query({ schema: IncidentQuery }) query: IncidentQuery) {
    rootCaller(request);
    const { limit, cursor, from, to, ...filter } = query;
    const found = await this.incidents.list({ ...filter, ...periodOf({ from, to }) }, cursor, limit + 1);
    const shown = found.slice(0, limit);
    return {
      data: shown.map(incidentView),
      next_cursor: found.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  }

  @Get('stats')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How many there were, and how long it took to acknowledge, mitigate and resolve them' })
  @ApiOkResponse({ standardSchema: StatsView })
  async stats(@Req() request: CallerRequest, @Query({ schema: StatsQuery }) query: StatsQuery) {
    rootCaller(request);
    const { from, to } = periodOf(query);
    return statsView(await this.incidents.stats(from, to));
  }

  @Get(':id')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'An incident with its timeline, its impact, and what was done about it' })
  @ApiOkResponse({ standardSchema: FullIncidentView })
  async show(@Req() request: CallerRequest, @Param('id', { schema: IncidentParam }) id: string) {
    rootCaller(request);
    return fullIncidentView(await this.incidents.find(id));
  }

  @Get(':id/report')
  @ApiOperation({ summary: 'The post-mortem, as far as facts go: Markdown, or JSON' })
  @ApiProduces('text/markdown', 'application/json')
  async report(
    @Req() request: CallerRequest,
    @Param('id', { schema: IncidentParam }) id: string,
    @Query({ schema: ReportQuery }) { format }: ReportQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    rootCaller(request);
    const incident = await this.incidents.find(id);
    void reply.header('cache-control', 'no-store');
    if (format === 'json') await reply.send(reportView(incident));
    else await reply.type('text/markdown; charset=utf-8').send(reportOf(incident));
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @ApiOperation({ summary: 'Say that somebody looks after it: it is not escalated any more' })
  @ApiOkResponse({ standardSchema: FullIncidentView })
  acknowledge(@Req() request: CallerRequest, @Param('id', { schema: IncidentParam }) id: string) {
    return this.act(rootCaller(request), id, 'incident.acknowledged', {}, (keyId, record) =>
      this.incidents.acknowledge(id, { keyId, record }),
    );
  }

  @Post(':id/notes')
  @HttpCode(201)
  @ApiOperation({ summary: 'Add a note to the timeline' })
  @ApiCreatedResponse({ standardSchema: FullIncidentView })
  note(
    @Req() request: CallerRequest,
    @Param('id', { schema: IncidentParam }) id: string,
    @Body({ schema: NewNote }) { text }: NewNote,
  ) {
    return this.act(
      rootCaller(request),
      id,
      'incident.noted',
      {},
      (keyId, record) => this.incidents.note(id, text, { keyId, record }),
      { text },
    );
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @ApiOperation({ summary: 'Close it now; what the gateway did until its end is undone' })
  @ApiOkResponse({ standardSchema: FullIncidentView })
  resolve(@Req() request: CallerRequest, @Param('id', { schema: IncidentParam }) id: string) {
    return this.act(rootCaller(request), id, 'incident.resolved', {}, async (keyId, record) => {
      this.events.emit('incident.resolved', await this.incidents.resolve(id, { keyId, record }));
    });
  }

  @Post(':id/remediations/:n/revert')
  @HttpCode(202)
  @ApiOperation({ summary: 'Have something undone that the gateway did; it is not done again for this incident' })
  revert(
    @Req() request: CallerRequest,
    @Param('id', { schema: IncidentParam }) id: string,
    @Param('n', { schema: RemedyParam }) n: number,
  ) {
    return this.act(rootCaller(request), id, 'incident.reverted', { remedy: n }, (keyId) =>
      this.incidents.revert(id, n, { keyId }),
    );
  }

  private async act(
    actor: Caller,
    id: string,
    event: 'incident.acknowledged' | 'incident.noted' | 'incident.resolved' | 'incident.reverted',
    metadata: PlainObject,
    work: (
      keyId: string,
      record: { readonly id: string; readonly index?: number | undefined } | undefined,
    ) => Promise<void>,
    payload?: object,
  ) {
    // what is not there is nobody's act
    const { subject, rule } = await this.incidents.find(id);
    await this.acts.perform(
      actor,
      { event, metadata: { incident: id, subject, rule, ...metadata }, ...(payload && { payload }) },
      (entry?: Receipt) => work(actor.keyId, entry && { id: entry.entryId, index: entry.index }),
    );
    return fullIncidentView(await this.incidents.find(id));
  }
}

function periodOf({ from, to }: StatsQuery): { readonly from?: Date; readonly to?: Date } {
  return { ...(from !== undefined && { from: new Date(from) }), ...(to !== undefined && { to: new Date(to) }) };
}

/** Incidents are about every tenant. @throws GatewayError `forbidden` */
function rootCaller(request: CallerRequest): Caller {
  const caller = callerOf(request);
  if (!caller.root)
    throw new GatewayError('forbidden', 'Incidents concern every tenant: they need a key of the root tenant');
  return caller;
}
