import { Module } from '@nestjs/common';
import { FilesModule } from '../../features/files';
import { FormReader } from './form-reader.service';
import { FilesController } from './files.controller';

@Module({ imports: [FilesModule], controllers: [FilesController], providers: [FormReader] })
export class FilesApiModule {}
