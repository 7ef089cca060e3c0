import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { isObject } from '../../contract/json';
import { openaiChat } from '../../dialects/openai-chat';
import { openaiEmbeddings } from '../../dialects/openai-embeddings';
import { openaiResponses } from '../../dialects/openai-responses';
import { Door } from '../door/door.service';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { DescribeCall } from '../door/describe-call.decorator';
import { RecentItems } from './recent-items';

@ApiTags('inference')
@Controller('v1')
@Allow('client')
export class OpenAiController {
  private readonly items = new RecentItems();

  constructor(private readonly door: Door) {}

  @Post('chat/completions')
  @HttpCode(200)
  @DescribeCall('OpenAI Chat Completions, JSON or SSE', {
    model: 'fast',
    messages: [{ role: 'user', content: 'Say hello.' }],
  })
  chat(@Req() request: CallerRequest, @Res() response: FastifyReply): Promise<void> {
    return this.door.serve(openaiChat, request, response);
  }

  @Post('responses')
  @HttpCode(200)
  @DescribeCall('OpenAI Responses, JSON or SSE, stateless', { model: 'fast', input: 'Say hello.' })
  responses(@Req() request: CallerRequest, @Res() response: FastifyReply): Promise<void> {
    const { tenantId } = callerOf(request);
    return this.door.serve(openaiResponses, request, response, {
      prepare: (body) => this.items.resolve(body, tenantId),
      observe: (bytes) => this.items.remember(bytes, tenantId, isStream(request.body)),
    });
  }

  @Post('embeddings')
  @HttpCode(200)
  @DescribeCall('OpenAI Embeddings', { model: 'embedding', input: ['Say hello.'] })
  embeddings(@Req() request: CallerRequest, @Res() response: FastifyReply): Promise<void> {
    return this.door.serve(openaiEmbeddings, request, response);
  }
}

function isStream(body: unknown): boolean {
  return isObject(body) && body['stream'] === true;
}
