import type { SecretReference } from './secret-reference';

export interface Reading {
  readonly value: string;
  /** As whoever keeps it names it; never made from the value. */
  readonly version: string;
}

/** Reads secrets of one kind of reference. */
export abstract class SecretBackend<R extends object = SecretReference> {
  /** @throws SecretUnavailable */
  abstract read(reference: R, signal?: AbortSignal): Promise<Reading>;
}
