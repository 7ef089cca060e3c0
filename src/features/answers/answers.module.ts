import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { RedisConnection } from '../../platform/redis/redis';
import { RedisModule } from '../../platform/redis/redis.module';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import { SealedBox } from '../../platform/secrets/sealed-box';
import { AnswerStore } from './answer-store';
import { MemoryAnswerStore } from './memory-answer-store';
import { PastAnswers } from './past-answers';
import { RedisAnswerStore } from './redis-answer-store';
import { QuestionIndex } from './similar/question-index';
import { trigramScorer } from './similar/trigram-scorer';
import { Templates } from './templates';

@Module({
  imports: [ConfigModule, RedisModule],
  providers: [
    {
      provide: AnswerStore,
      inject: [Config, RedisConnection],
      useFactory: ({ answers, masterKey }: Config, { client }: RedisConnection): AnswerStore => {
        const memory = new MemoryAnswerStore(answers.memoryBytes);
        return client ? new RedisAnswerStore(client, new SealedBox(masterKey), memory) : memory;
      },
    },
    {
      provide: PastAnswers,
      inject: [Config, AnswerStore],
      useFactory: ({ answers, masterKey }: Config, store: AnswerStore) =>
        new PastAnswers(store, new QuestionIndex(trigramScorer), new KeyedHash(masterKey), answers.answerBytes),
    },
    { provide: Templates, inject: [Config], useFactory: ({ policies }: Config) => new Templates(policies.templates) },
  ],
  exports: [PastAnswers, Templates],
})
export class AnswersModule {}
