export type { CloseRow, OpenRow } from './call-row';
export { RECORD } from './controls';
export { RecordsModule } from './records.module';
export { RequestRecords } from './request-records.store';
export type { RequestView } from './request-view';
