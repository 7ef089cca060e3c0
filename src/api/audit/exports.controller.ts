import { Body, Controller, Get, Header, Param, Post, Query, Req, Res, UsePipes } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type ExportRecord, Exports } from '../../features/audit';
import { ListQuery, listOf, NoQuery } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { pendingView } from './approval-schema';
import { Pending } from './entry-schema';
import { ExportBody, ExportView } from './export-schema';
import { sendFile } from './file-answer';
import type { z } from 'zod';

const FILES = {
  bundle: ['tar', 'application/x-tar'],
  ndjson: ['ndjson', 'application/x-ndjson'],
  ocsf: ['ocsf.ndjson', 'application/x-ndjson'],
} as const;

@ApiTags('audit')
@ApiBearerAuth()
@Allow('auditor')
@UsePipes(ValidPipe)
@Controller('v1/audit/exports')
export class ExportsController {
  constructor(private readonly exports: Exports) {}

  @Post()
  @ApiOperation({ summary: 'Export the log: a bundle that verifies offline, NDJSON, or OCSF API Activity' })
  @ApiProduces('application/x-tar', 'application/x-ndjson')
  @ApiAcceptedResponse({ standardSchema: Pending })
  async create(
    @Req() request: CallerRequest,
    @Query({ schema: NoQuery }) _query: NoQuery,
    @Body({ schema: ExportBody }) { from, to, filters, include_payloads, disclose_keys, ...body }: ExportBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const opened = await this.exports.open(callerOf(request), {
      ...body,
      filter: { ...filters, from, to },
      includePayloads: include_payloads,
      discloseKeys: disclose_keys,
    });
    const [extension, type] = FILES[body.format];
    if ('chunks' in opened) return sendFile(reply.status(200), opened, extension, type);
    await reply.status(202).header('cache-control', 'no-store').send(pendingView(opened));
  }

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Exports and how far they are, newest first' })
  @ApiOkResponse({ standardSchema: listOf(ExportView) })
  async list(@Req() request: CallerRequest, @Query({ schema: ListQuery }) page: z.output<typeof ListQuery>) {
    const { items, next } = await this.exports.list(callerOf(request), page);
    return { data: items.map(exportView), next_cursor: next };
  }

  @Get(':id')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How far an export is, and the hash of the file once it is complete' })
  @ApiOkResponse({ standardSchema: ExportView })
  async show(@Req() request: CallerRequest, @Param('id') id: string) {
    return exportView(await this.exports.find(callerOf(request), id));
  }
}

function exportView(record: ExportRecord): z.output<typeof ExportView> {
  const { id, tenant, actor, format, entries, bytes, sha256 } = record;
  return {
    id,
    tenant,
    actor,
    format,
    status: record.endedAt ? (sha256 ? 'complete' : 'failed') : record.silent ? 'unknown' : 'running',
    entries,
    bytes,
    sha256,
    started_at: record.startedAt.toISOString(),
    ended_at: record.endedAt?.toISOString() ?? null,
  };
}
