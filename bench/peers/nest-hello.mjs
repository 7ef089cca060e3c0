// The most that a NestJS handler can do: an answer that is always the same. What is measured of a cache is held against it.
import 'reflect-metadata';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

class HelloController {
  hello() {
    return { hello: 'world' };
  }
}

const { prototype } = HelloController;
Post('chat/completions')(prototype, 'hello', Object.getOwnPropertyDescriptor(prototype, 'hello'));
Body()(prototype, 'hello', 0);
Controller('v1')(HelloController);

class AppModule {}
Module({ controllers: [HelloController] })(AppModule);

const app = await NestFactory.create(AppModule, new FastifyAdapter({ bodyLimit: 32 << 20 }), { logger: false });
await app.listen(Number(process.env.PORT), '127.0.0.1');
