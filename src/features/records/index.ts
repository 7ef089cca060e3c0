export { EarlierRecords } from './earlier-records.store';
export { RecordsModule } from './records.module';
export type { RequestView } from './request-view';
