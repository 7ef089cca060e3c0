import { Module } from '@nestjs/common';
import { AuditModule } from '../../../features/audit';
import { ModelsModule } from '../../../features/models';
import { AliasesController } from './aliases.controller';
import { EntriesController } from './entries.controller';
import { ShadowsController } from './shadows.controller';

@Module({
  imports: [AuditModule, ModelsModule],
  controllers: [AliasesController, ShadowsController, EntriesController],
})
export class RegistryModule {}
