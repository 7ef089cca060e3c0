import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { isObject } from '../../contract/json';
import { invalid } from '../../dialects/fields';
import { openaiChat } from '../../dialects/openai-chat';
import { AnalyzeCalls } from '../../pipeline';
import { DescribeCall } from '../door/describe-call.decorator';
import { Door } from '../door/door.service';
import { Allow, type CallerRequest } from '../guards';

@ApiTags('inference')
@Controller('v1/analyze')
@Allow('client')
export class AnalyzeController {
  constructor(
    private readonly door: Door,
    private readonly calls: AnalyzeCalls,
  ) {}

  @Post()
  @HttpCode(200)
  @DescribeCall('Sentiment, summary, classification, extraction, language, or an analysis of the operator’s', {
    analysis_type: 'sentiment',
    text: 'I love how quick the new release is.',
  })
  async analyze(@Req() request: CallerRequest, @Res() response: FastifyReply): Promise<void> {
    if (!isObject(request.body)) throw invalid('', 'The body must be a JSON object');
    const call = this.calls.read(request.body);
    await this.door.serve(openaiChat, request, response, {
      prepare: () => call.body,
      tell: (events, reply, ms) => call.told(events, reply, ms),
    });
  }
}
