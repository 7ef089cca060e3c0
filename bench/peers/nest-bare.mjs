// The least that a NestJS gateway can do: one controller on Fastify, JSON parsed once, the answer handed on.
// Decorators are applied by hand, so that nothing has to be compiled.
import 'reflect-metadata';
import { Body, Controller, Module, Post, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Pool } from 'undici';

const upstream = new Pool(process.env.UPSTREAM, { connections: 128 });
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-upstream' };

class CompletionsController {
  async complete(body, request, reply) {
    const answer = await upstream.request({ method: 'POST', path: request.url, headers, body: JSON.stringify(body) });
    reply.code(answer.statusCode).header('content-type', answer.headers['content-type']);
    const whole = answer.headers['content-length'] !== undefined;
    reply.send(whole ? Buffer.from(await answer.body.arrayBuffer()) : answer.body);
  }
}

const { prototype } = CompletionsController;
Post('chat/completions')(prototype, 'complete', Object.getOwnPropertyDescriptor(prototype, 'complete'));
Body()(prototype, 'complete', 0);
Req()(prototype, 'complete', 1);
Res()(prototype, 'complete', 2);
Controller('v1')(CompletionsController);

class AppModule {}
Module({ controllers: [CompletionsController] })(AppModule);

const app = await NestFactory.create(AppModule, new FastifyAdapter({ bodyLimit: 32 << 20 }), { logger: false });
await app.listen(Number(process.env.PORT), '127.0.0.1');
