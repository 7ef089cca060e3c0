import { Module } from '@nestjs/common';
import { AuditModule } from '../../../features/audit';
import { ModelsModule } from '../../../features/models';
import { AliasesController } from './aliases.controller';

@Module({ imports: [AuditModule, ModelsModule], controllers: [AliasesController] })
export class RegistryModule {}
