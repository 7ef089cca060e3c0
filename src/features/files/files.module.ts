import { Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { SealedBox } from '../../platform/secrets/sealed-box';
import { Files } from './files.store';

const SWEEP_MS = 60_000;

@Module({
  imports: [ConfigModule, DatabaseModule],
  providers: [
    {
      provide: Files,
      inject: [Config],
      useFactory: ({ databaseUrl, masterKey, files }: Config) =>
        new Files(databaseUrl.reveal(), new SealedBox(masterKey), files),
    },
  ],
  exports: [Files],
})
export class FilesModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly files: Files) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.files.sweep().catch(() => undefined), SWEEP_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.files.close();
  }
}
