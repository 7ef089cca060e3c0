import { Module } from '@nestjs/common';
import { BatchesModule } from '../../features/batches';
import { JobsWorkModule } from '../../jobs';
import { BatchesController } from './batches.controller';
import { OwnBatches } from './own-batches.service';

@Module({ imports: [BatchesModule, JobsWorkModule], controllers: [BatchesController], providers: [OwnBatches] })
export class BatchesApiModule {}
