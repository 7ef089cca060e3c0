export type { CloseRow, OpenRow } from './call-row';
export { RecordsModule } from './records.module';
export { RequestRecords } from './request-records.store';
export type { RequestView } from './request-view';
