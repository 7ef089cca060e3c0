import { formatOrigin } from '../../format/epoch';

/** What the database calls the log. */
export interface LogName {
  /** As it was called at first. */
  readonly origin: string;
  /** From 1; every restore of the database begins a new one. */
  readonly epoch: number;
}

/** The name in checkpoints: a log that was restored goes on under another one, since it lost what it had promised to hold. */
export const originOf = ({ origin, epoch }: LogName): string => formatOrigin({ name: origin, epoch });
