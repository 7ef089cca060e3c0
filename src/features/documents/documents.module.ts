import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { DocumentReader } from './document-reader';

@Module({
  imports: [ConfigModule],
  providers: [
    { provide: DocumentReader, inject: [Config], useFactory: ({ documents }: Config) => new DocumentReader(documents) },
  ],
  exports: [DocumentReader],
})
export class DocumentsModule {}
