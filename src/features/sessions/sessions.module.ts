import { Module } from '@nestjs/common';
import { ConfigModule } from '../../platform/config/config.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { SessionTurns } from './session-turns.store';

@Module({ imports: [ConfigModule, DatabaseModule], providers: [SessionTurns], exports: [SessionTurns] })
export class SessionsModule {}
