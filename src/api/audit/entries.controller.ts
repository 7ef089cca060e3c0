import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res, UsePipes } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Reveal, Search } from '../../features/audit';
import { listOf } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { pendingView } from './approval-schema';
import { CallReconstruction, EntryDetail, EntryQuery, EntryView, Pending, RevealBody, Revealed } from './entry-schema';
import { detailView, entryView, reconstruction, revealedView } from './entry-views';

@ApiTags('audit')
@ApiBearerAuth()
@Allow('auditor')
@UsePipes(ValidPipe)
@Controller('v1/audit')
export class EntriesController {
  constructor(
    private readonly search: Search,
    private readonly reveal: Reveal,
  ) {}

  @Get('entries')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Search the log, newest first; the search itself is recorded before it is answered' })
  @ApiOkResponse({ standardSchema: listOf(EntryView) })
  async list(@Req() request: CallerRequest, @Query({ schema: EntryQuery }) { limit, cursor, ...asked }: EntryQuery) {
    const before = cursor === undefined ? undefined : Number(cursor);
    const { items, next } = await this.search.list(callerOf(request), asked, { limit, before });
    return { data: items.map(entryView), next_cursor: next === null ? null : String(next) };
  }

  @Get('entries/:id')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Show an entry by its id or its index: header, proof, whether there is content' })
  @ApiOkResponse({ standardSchema: EntryDetail })
  async show(@Req() request: CallerRequest, @Param('id') id: string) {
    return detailView(await this.search.show(callerOf(request), id));
  }

  @Get('requests/:id')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Reconstruct a call: what was asked, how it ended, what was in force, with proofs' })
  @ApiOkResponse({ standardSchema: CallReconstruction })
  async request(@Req() request: CallerRequest, @Param('id') id: string) {
    return reconstruction(id, await this.search.request(callerOf(request), id));
  }

  @Post('entries/:id/reveal')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Show the content of an entry; without an approval it is asked for (202)' })
  @ApiOkResponse({ standardSchema: Revealed })
  @ApiAcceptedResponse({ standardSchema: Pending })
  async content(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body({ schema: RevealBody }) { break_glass = false, ...body }: RevealBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const caller = callerOf(request);
    const outcome = break_glass
      ? await this.reveal.breakGlass(caller, id, body)
      : await this.reveal.ask(caller, id, body);
    if ('content' in outcome) return revealedView(outcome);
    void reply.status(202);
    return pendingView(outcome);
  }
}
