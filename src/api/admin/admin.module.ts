import { Module } from '@nestjs/common';
import { TenancyModule } from '../../features/tenancy';
import { KeysController } from './keys.controller';
import { TenantsController } from './tenants.controller';

@Module({ imports: [TenancyModule], controllers: [TenantsController, KeysController] })
export class AdminModule {}
