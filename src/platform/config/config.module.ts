import { Module } from '@nestjs/common';
import { Config } from './config';
import { processConfig } from './process-config';

/** One configuration for the process; `serve.ts` has already refused to start on a mistake. */
@Module({ providers: [{ provide: Config, useFactory: processConfig }], exports: [Config] })
export class ConfigModule {}
