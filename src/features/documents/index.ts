export { DocumentKind } from './document-kind';
export { DocumentReader } from './document-reader';
export { DocumentFiles, type DocumentBytes } from './document-source';
export { DocumentsModule } from './documents.module';
export { checkBytes, formatOf } from './media-type';
