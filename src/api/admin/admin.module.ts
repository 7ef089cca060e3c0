import { Module } from '@nestjs/common';
import { AuditModule } from '../../features/audit';
import { TenancyModule } from '../../features/tenancy';
import { KeysController } from './keys.controller';
import { TenantsController } from './tenants.controller';

@Module({ imports: [AuditModule, TenancyModule], controllers: [TenantsController, KeysController] })
export class AdminModule {}
