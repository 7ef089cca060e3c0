import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res, UsePipes } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { type Approval, Erasure, type ShredReport, SubjectExports } from '../../features/audit';
import { Tenants } from '../../features/tenancy';
import { NoQuery } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { pendingView } from './approval-schema';
import { Pending } from './entry-schema';
import { sendFile } from './file-answer';
import { ShredBody, Shredded, shreddedView, ShredTenantBody, SubjectExportQuery } from './subject-schema';

@ApiTags('audit')
@ApiBearerAuth()
@Allow('admin')
@UsePipes(ValidPipe)
@Controller('v1/audit')
export class SubjectsController {
  constructor(
    private readonly erasure: Erasure,
    private readonly exports: SubjectExports,
    private readonly tenants: Tenants,
  ) {}

  @Post('subjects/:user/shred')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make the content of a person unreadable for good; entries and proofs stand' })
  @ApiOkResponse({ standardSchema: Shredded })
  @ApiAcceptedResponse({ standardSchema: Pending })
  async person(
    @Req() request: CallerRequest,
    @Query({ schema: NoQuery }) _query: NoQuery,
    @Param('user') user: string,
    @Body({ schema: ShredBody }) body: ShredBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answer(await this.erasure.person(callerOf(request), user, body), reply);
  }

  @Post('tenants/:id/shred')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make the content of a whole tenant unreadable for good (root tenant only)' })
  @ApiOkResponse({ standardSchema: Shredded })
  @ApiAcceptedResponse({ standardSchema: Pending })
  async tenant(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body({ schema: ShredTenantBody }) body: z.output<typeof ShredTenantBody>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const caller = callerOf(request);
    await this.tenants.find(caller, id);
    return answer(await this.erasure.tenant(caller, id, body), reply);
  }

  @Get('subjects/:user/export')
  @Allow('auditor')
  @ApiOperation({ summary: 'Everything that the log has of a person, opened, as NDJSON' })
  @ApiProduces('application/x-ndjson')
  @ApiAcceptedResponse({ standardSchema: Pending })
  async export(
    @Req() request: CallerRequest,
    @Param('user') user: string,
    @Query({ schema: SubjectExportQuery }) query: SubjectExportQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const opened = await this.exports.open(callerOf(request), user, query);
    if ('chunks' in opened) return sendFile(reply, opened, 'ndjson', 'application/x-ndjson');
    await reply.status(202).header('cache-control', 'no-store').send(pendingView(opened));
  }
}

function answer(outcome: ShredReport | Approval, reply: FastifyReply) {
  if ('destroyedAt' in outcome) return shreddedView(outcome);
  void reply.status(202);
  return pendingView(outcome);
}
