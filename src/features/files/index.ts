export { Files, type Upload } from './files.store';
export { FilesModule } from './files.module';
export { type Purpose, PURPOSES, type StoredFile } from './stored-file';
