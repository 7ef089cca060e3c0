import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { ModelRegistry } from './model-registry';

@Module({
  imports: [ConfigModule],
  providers: [{ provide: ModelRegistry, inject: [Config], useFactory: (config: Config) => new ModelRegistry(config) }],
  exports: [ModelRegistry],
})
export class ModelsModule {}
