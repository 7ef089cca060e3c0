import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config';
import { ConfigModule } from '../config/config.module';
import { EventBusModule } from '../events/event-bus.module';
import { DatabaseState } from './database-state.service';
import { dataSourceOptions, migrate } from './migrate';

/** TypeORM on a schema that is up to date before the first query; and what is known of the server's health. */
@Module({
  imports: [
    EventBusModule,
    TypeOrmModule.forRootAsync({
      imports: [ConfigModule],
      inject: [Config],
      useFactory: async (config: Config) => {
        const url = config.databaseUrl.reveal();
        await migrate(url);
        return { ...dataSourceOptions(url), migrations: [], autoLoadEntities: true, retryAttempts: 3, retryDelay: 500 };
      },
    }),
  ],
  providers: [DatabaseState],
  exports: [DatabaseState],
})
export class DatabaseModule {}
