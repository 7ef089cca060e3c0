import { Module } from '@nestjs/common';
import { AuditModule } from '../../features/audit';
import { FlagsModule as FlagsFeature } from '../../features/flags';
import { TenancyModule } from '../../features/tenancy';
import { FlagsController } from './flags.controller';

@Module({ imports: [AuditModule, TenancyModule, FlagsFeature], controllers: [FlagsController] })
export class FlagsModule {}
