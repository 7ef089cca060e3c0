import { Module } from '@nestjs/common';
import { AuditModule } from '../../../features/audit';
import { ModelsModule } from '../../../features/models';
import { AliasesController } from './aliases.controller';
import { EntriesController } from './entries.controller';

@Module({ imports: [AuditModule, ModelsModule], controllers: [AliasesController, EntriesController] })
export class RegistryModule {}
