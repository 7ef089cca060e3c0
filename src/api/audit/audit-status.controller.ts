import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AuditStatus } from '../../features/audit';
import { Allow, callerOf, type CallerRequest } from '../guards';

const StatusView = z.object({
  mode: z.string(),
  trouble: z.string().nullable().describe('Why calls are refused at the moment.'),
  size: z.int().describe('Entries.'),
  checkpoint: z.object({ origin: z.string(), size: z.int(), root: z.string(), made_at: z.iso.datetime() }).nullable(),
  checkpoint_age_seconds: z.number().describe('How long entries wait for a checkpoint.'),
  witnesses: z.object({ configured: z.int(), required: z.boolean(), signed: z.array(z.string()) }),
  spool: z.object({ enabled: z.boolean(), batches: z.int() }),
  watched: z
    .array(z.object({ what: z.string(), ok: z.boolean() }))
    .describe('Witnesses, anchors, Redis, as last tried.'),
  security: z.object({
    ok: z.boolean(),
    version: z.int().nullable(),
    problems: z.array(z.string()),
    warnings: z.array(z.string()),
  }),
});

@ApiTags('audit')
@ApiBearerAuth()
@Allow('auditor', 'operator', 'admin')
@Controller('v1/audit/status')
export class AuditStatusController {
  constructor(private readonly status: AuditStatus) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How well the log is kept: head, checkpoint, witnesses, spool, rights in the database' })
  @ApiOkResponse({ standardSchema: StatusView })
  async show(@Req() request: CallerRequest): Promise<z.output<typeof StatusView>> {
    const { checkpoint, security, ...report } = await this.status.show(callerOf(request));
    return {
      mode: report.mode,
      trouble: report.trouble ?? null,
      size: report.size,
      checkpoint: checkpoint
        ? {
            origin: checkpoint.origin,
            size: checkpoint.size,
            root: checkpoint.root.toString('base64'),
            made_at: checkpoint.madeAt.toISOString(),
          }
        : null,
      checkpoint_age_seconds: report.ageSeconds,
      witnesses: { ...report.witnesses, signed: [...report.witnesses.signed] },
      spool: report.spool,
      watched: [...report.watched],
      security: {
        ok: security.ok,
        version: security.version ?? null,
        problems: [...security.problems],
        warnings: [...security.warnings],
      },
    };
  }
}
