import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { RedisConnection } from '../../platform/redis/redis';
import { RedisModule } from '../../platform/redis/redis.module';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import { SealedBox } from '../../platform/secrets/sealed-box';
import { AnswerStore } from './answer-store';
import { AnswerUpkeep } from './answer-upkeep.service';
import { Leases, NoLeases, RedisLeases } from './leases';
import { MemoryAnswerStore } from './memory-answer-store';
import { PastAnswers } from './past-answers';
import { RedisAnswerStore } from './redis-answer-store';
import { MemoryVectorIndex } from './similar/memory-vector-index';
import { RedisVectorIndex } from './similar/redis-vector-index';
import { SealedQuestions } from './similar/sealed-question';
import { SimilarQuestions } from './similar/similar-questions';
import { VectorIndex } from './similar/vector-index';
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
      provide: VectorIndex,
      inject: [Config, RedisConnection],
      useFactory: ({ answers, masterKey }: Config, { client }: RedisConnection): VectorIndex => {
        const memory = new MemoryVectorIndex(answers.tenantQuestions, answers.questions);
        const sealed = new SealedQuestions(new SealedBox(masterKey));
        return client ? new RedisVectorIndex(client, sealed, memory, answers.tenantQuestions) : memory;
      },
    },
    {
      provide: PastAnswers,
      inject: [Config, AnswerStore, VectorIndex],
      useFactory: ({ answers, masterKey }: Config, store: AnswerStore, index: VectorIndex) =>
        new PastAnswers(store, new SimilarQuestions(index), new KeyedHash(masterKey), answers.answerBytes),
    },
    {
      provide: Leases,
      inject: [RedisConnection],
      useFactory: ({ client }: RedisConnection): Leases => (client ? new RedisLeases(client) : new NoLeases()),
    },
    AnswerUpkeep,
    {
      provide: Templates,
      inject: [Config],
      useFactory: ({ policies, inForce }: Config) => {
        const templates = new Templates(policies.templates);
        inForce.onChange((now) => templates.take(now.policies.templates));
        return templates;
      },
    },
  ],
  exports: [PastAnswers, Leases, Templates],
})
export class AnswersModule {}
