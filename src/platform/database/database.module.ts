import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config';
import { ConfigModule } from '../config/config.module';
import { dataSourceOptions, migrate } from './migrate';

/** TypeORM on a schema that is up to date before the first query. */
@Module({
  imports: [
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
})
export class DatabaseModule {}
