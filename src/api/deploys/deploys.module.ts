import { Module } from '@nestjs/common';
import { AuditModule } from '../../features/audit';
import { DeploysController } from './deploys.controller';

@Module({ imports: [AuditModule], controllers: [DeploysController] })
export class DeploysModule {}
