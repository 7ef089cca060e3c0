import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import { PersonMarks } from '../../platform/secrets/person-marks';
import { SealedBox } from '../../platform/secrets/sealed-box';
import { Answers } from './answers.store';
import { IdempotentAnswers } from './idempotency.service';

@Module({
  imports: [ConfigModule, DatabaseModule],
  providers: [
    IdempotentAnswers,
    {
      provide: Answers,
      inject: [Config],
      useFactory: ({ databaseUrl, idempotency }: Config) => new Answers({ url: databaseUrl.reveal(), ...idempotency }),
    },
    { provide: KeyedHash, inject: [Config], useFactory: ({ masterKey }: Config) => new KeyedHash(masterKey) },
    { provide: PersonMarks, inject: [KeyedHash], useFactory: (hash: KeyedHash) => new PersonMarks(hash) },
    { provide: SealedBox, inject: [Config], useFactory: ({ masterKey }: Config) => new SealedBox(masterKey) },
  ],
  exports: [IdempotentAnswers],
})
export class IdempotencyModule {}
