import { Controller, Get, Header, Param, Post, Query, Req, Res, UsePipes } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { type Verification, Verifications } from '../../features/audit';
import { ListQuery, listOf } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { VerificationView } from './verification-schema';

@ApiTags('audit')
@ApiBearerAuth()
@Allow('auditor')
@UsePipes(ValidPipe)
@Controller('v1/audit')
export class VerificationController {
  constructor(private readonly verifications: Verifications) {}

  @Post('verify')
  @ApiOperation({ summary: 'Verify the log up to its newest checkpoint (root tenant only); 202 while it takes longer' })
  @ApiOkResponse({ standardSchema: VerificationView })
  @ApiAcceptedResponse({ standardSchema: VerificationView })
  async run(@Req() request: CallerRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const result = verificationView(await this.verifications.run(callerOf(request)));
    void reply.status(result.status === 'running' ? 202 : 200).header('cache-control', 'no-store');
    return result;
  }

  @Get('verifications')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Verifications of the log, newest first' })
  @ApiOkResponse({ standardSchema: listOf(VerificationView) })
  async list(@Req() request: CallerRequest, @Query({ schema: ListQuery }) page: z.output<typeof ListQuery>) {
    const { items, next } = await this.verifications.list(callerOf(request), page);
    return { data: items.map(verificationView), next_cursor: next };
  }

  @Get('verifications/:id')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How far a verification is, or what it found' })
  @ApiOkResponse({ standardSchema: VerificationView })
  async show(@Req() request: CallerRequest, @Param('id') id: string) {
    return verificationView(await this.verifications.find(callerOf(request), id));
  }
}

function verificationView(verification: Verification): z.output<typeof VerificationView> {
  return {
    id: verification.id,
    status: verification.endedAt ? (verification.ok ? 'ok' : 'failed') : verification.silent ? 'unknown' : 'running',
    started_by: verification.startedBy,
    started_at: verification.startedAt.toISOString(),
    ended_at: verification.endedAt?.toISOString() ?? null,
    size: verification.size,
    checked: verification.checked,
    first_bad_index: verification.firstBad ?? null,
    problems: [...verification.problems],
  };
}
