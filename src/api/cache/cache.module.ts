import { Module } from '@nestjs/common';
import { AnswersModule } from '../../features/answers';
import { AuditModule } from '../../features/audit';
import { TenancyModule } from '../../features/tenancy';
import { CacheController } from './cache.controller';

@Module({ imports: [AnswersModule, AuditModule, TenancyModule], controllers: [CacheController] })
export class CacheModule {}
