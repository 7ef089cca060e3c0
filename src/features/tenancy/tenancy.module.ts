import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ConfigModule } from '../../platform/config/config.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { ApiKeyLookup } from './api-key-lookup.store';
import { ApiKey } from './api-key.entity';
import { ApiKeys } from './api-keys.service';
import { KeyRing } from './key-ring.service';
import { RootAccess } from './root-access.service';
import { Tenant } from './tenant.entity';
import { Tenants } from './tenants.service';

@Module({
  imports: [ConfigModule, DatabaseModule, TypeOrmModule.forFeature([Tenant, ApiKey])],
  providers: [ApiKeyLookup, KeyRing, RootAccess, Tenants, ApiKeys],
  exports: [KeyRing, RootAccess, Tenants, ApiKeys],
})
export class TenancyModule {}
