import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res, UsePipes } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { tenantAsked } from '../../features/audit';
import { FeedbackStore } from '../../features/feedback';
import { listOf } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { pendingView } from '../audit/approval-schema';
import { Pending } from '../audit/entry-schema';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { FeedbackExport } from './feedback-export.service';
import { ExportBody, FeedbackQuery, FeedbackView, feedbackView, NewFeedback } from './feedback-schema';
import { filterOf } from './filter-of';
import { GivenFeedback } from './given-feedback.service';

@ApiTags('feedback')
@ApiBearerAuth()
@UsePipes(ValidPipe)
@Controller('v1')
export class FeedbackController {
  constructor(
    private readonly given: GivenFeedback,
    private readonly store: FeedbackStore,
    private readonly exports: FeedbackExport,
  ) {}

  @Post('requests/:id/feedback')
  @HttpCode(200)
  @Allow('client', 'operator', 'admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Say how good an answer was; again, to say something else. What is written is encrypted' })
  @ApiOkResponse({ standardSchema: FeedbackView })
  async give(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body({ schema: NewFeedback }) feedback: NewFeedback,
  ) {
    return feedbackView(await this.given.give(callerOf(request), id, feedback));
  }

  @Get('feedback')
  @Allow('operator', 'admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The newest feedback about each call, newest first, without what was written' })
  @ApiOkResponse({ standardSchema: listOf(FeedbackView) })
  async list(
    @Req() request: CallerRequest,
    @Query({ schema: FeedbackQuery }) { limit, cursor, ...asked }: FeedbackQuery,
  ) {
    const filter = filterOf(asked, tenantAsked(callerOf(request), asked.tenant));
    const found = await this.store.list(filter, cursor, limit + 1);
    const shown = found.slice(0, limit);
    return {
      data: shown.map(feedbackView),
      next_cursor: found.length > limit ? (shown.at(-1)?.entryId ?? null) : null,
    };
  }

  @Post('feedback/export')
  @HttpCode(200)
  @Allow('auditor')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Answers that were put right, as a suite for evals; without an approval it is asked for (202)',
  })
  @ApiProduces('application/yaml')
  @ApiAcceptedResponse({ standardSchema: Pending })
  async export(
    @Req() request: CallerRequest,
    @Body({ schema: ExportBody }) asked: ExportBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const made = await this.exports.suite(callerOf(request), asked);
    if (typeof made === 'string') {
      void reply.header('content-type', 'application/yaml; charset=utf-8');
      return made;
    }
    void reply.status(202);
    return pendingView(made);
  }
}
