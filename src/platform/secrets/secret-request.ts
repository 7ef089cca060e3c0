import type { Secret } from './secret';
import type { Stored } from './secret-backends';

/** A value that stands in the environment or in the settings; `text` says where. */
export interface Given {
  readonly scheme: 'given';
  readonly text: string;
  readonly value: Secret;
}

/** A secret that is needed, by the name of its setting. */
export interface SecretRequest {
  readonly name: string;
  /** Where a mistake is to be looked for. */
  readonly at: string;
  readonly place: Given | Stored;
  /** What is wrong with a value; it is then refused. */
  readonly check?: ((value: string) => string | undefined) | undefined;
}
