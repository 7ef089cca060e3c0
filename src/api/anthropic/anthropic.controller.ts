import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { anthropicCount, anthropicMessages } from '../../dialects/anthropic';
import { protocolHeaders } from '../../dialects/anthropic/protocol-headers';
import { DescribeCall } from '../door/describe-call.decorator';
import { Door } from '../door/door.service';
import { Allow, type CallerRequest } from '../guards';

@ApiTags('inference')
@Controller('v1/messages')
@Allow('client')
export class AnthropicController {
  constructor(private readonly door: Door) {}

  @Post()
  @HttpCode(200)
  @DescribeCall('Anthropic Messages, JSON or SSE', {
    model: 'fast',
    max_tokens: 256,
    messages: [{ role: 'user', content: 'Say hello.' }],
  })
  messages(@Req() request: CallerRequest, @Res() response: FastifyReply): Promise<void> {
    return this.door.serve(anthropicMessages, request, response, { forwarded: protocolHeaders(request.headers) });
  }

  @Post('count_tokens')
  @HttpCode(200)
  @DescribeCall('Anthropic token counting; an estimate where the provider has none', {
    model: 'fast',
    messages: [{ role: 'user', content: 'Say hello.' }],
  })
  count(@Req() request: CallerRequest, @Res() response: FastifyReply): Promise<void> {
    return this.door.serve(anthropicCount, request, response, { forwarded: protocolHeaders(request.headers) });
  }
}
