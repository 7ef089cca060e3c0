import { Module } from '@nestjs/common';
import { ConfigModule } from '../config/config.module';
import { RedisConnection } from './redis';
import { RedisConnectionService } from './redis-connection.service';

@Module({
  imports: [ConfigModule],
  providers: [RedisConnectionService, { provide: RedisConnection, useExisting: RedisConnectionService }],
  exports: [RedisConnection],
})
export class RedisModule {}
