import { Module } from '@nestjs/common';
import { Config } from './config';
import { loadConfig } from './load-config';

/** One frozen configuration for the process; `main.ts` has already refused to start on a mistake. */
@Module({ providers: [{ provide: Config, useFactory: () => loadConfig(process.env) }], exports: [Config] })
export class ConfigModule {}
