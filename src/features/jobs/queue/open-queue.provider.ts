import { LazyModuleLoader } from '@nestjs/core';
import type { Queue } from 'bull';
import { Config } from '../../../platform/config/config';
import { KeyedHash } from '../../../platform/secrets/keyed-hash';
import { bullOptions, QUEUE_NAME } from './bull-options';
import { BullQueue } from './bull-queue.store';
import { JobQueue } from './job-queue';
import { PostgresQueue } from './postgres-queue.store';

/** Redis where there is one, else the database that is there anyway. */
export const JOB_QUEUE = {
  provide: JobQueue,
  inject: [Config, KeyedHash, LazyModuleLoader],
  useFactory: ({ redisUrl, databaseUrl }: Config, hash: KeyedHash, loader: LazyModuleLoader): JobQueue => {
    if (!redisUrl) return new PostgresQueue(databaseUrl.reveal());
    const prefix = `gatehouse:queue:${hash.pseudonym('job-queue', '', QUEUE_NAME)}`;
    return new BullQueue(() => bullQueue(loader, redisUrl.reveal(), prefix));
  },
};

/** Loaded where there is a Redis only: without one it would wait for it without end. */
async function bullQueue(loader: LazyModuleLoader, url: string, prefix: string): Promise<Queue> {
  const { BullModule, getQueueToken } = await import('@nestjs/bull');
  const module = await loader.load(() => BullModule.registerQueue({ name: QUEUE_NAME, ...bullOptions(url, prefix) }));
  return module.get<Queue>(getQueueToken(QUEUE_NAME), { strict: false });
}
