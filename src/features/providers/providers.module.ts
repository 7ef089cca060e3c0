import { Module } from '@nestjs/common';
import { ConfigModule } from '../../platform/config/config.module';
import { Providers } from './providers.service';

@Module({ imports: [ConfigModule], providers: [Providers], exports: [Providers] })
export class ProvidersModule {}
