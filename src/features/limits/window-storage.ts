import { StateReport } from '../../contract/state-report';
import type { WindowRecord } from './sliding-window';

/** Counts requests by key. Fits the storage seat of `@nestjs/throttler`; type and injection token in one. */
export abstract class WindowStorage extends StateReport {
  readonly reports = 'limits';

  /** Counts one request against `limit` in `ttl` milliseconds; a refused one is not counted. Never rejects. */
  abstract increment(key: string, ttl: number, limit: number): Promise<WindowRecord>;
}
