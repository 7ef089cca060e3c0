import { Module } from '@nestjs/common';
import { FilesModule } from '../../features/files';
import { JobsWorkModule } from '../../jobs';
import { FormReader } from './form-reader.service';
import { FilesController } from './files.controller';

@Module({ imports: [FilesModule, JobsWorkModule], controllers: [FilesController], providers: [FormReader] })
export class FilesApiModule {}
