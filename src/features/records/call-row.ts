import type { Tried } from '../../contract/call';
import type { CacheUse, Degraded, FinishReason, Usage } from '../../contract/reply';

/** A record as it is opened: what is known before a model is asked. */
export interface OpenRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly requestId: string;
  readonly tenantId: string;
  readonly keyId: string;
  /** Pseudonyms; see KeyedHash. */
  readonly userRef: string | null;
  readonly sessionRef: string | null;
  readonly operation: string;
  readonly dialect: string;
  readonly stream: boolean;
  readonly promptHash: Buffer;
  readonly promptCharacters: number;
}

/** What a record gains when its call is over. Null where it never became known. */
export interface CloseRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly status: 'answered' | 'refused' | 'failed' | 'abandoned';
  readonly model: string | null;
  readonly provider: string | null;
  readonly providerModel: string | null;
  readonly providerRequestId: string | null;
  readonly errorCode: string | null;
  readonly finishReason: FinishReason | null;
  readonly usage: Usage | null;
  /** Micro-dollars. */
  readonly costMicros: bigint | null;
  readonly attempts: number;
  /** The answer is the one that an earlier call was given. */
  readonly repeated: boolean;
  readonly dropped: readonly string[];
  readonly degraded: Degraded | null;
  readonly cache: CacheUse | null;
  /** Null when the first try succeeded. A name that the provider does not know is not kept. */
  readonly tried: readonly (Omit<Tried, 'model'> & { readonly model: string | null })[] | null;
  readonly firstTokenMs: number | null;
  readonly upstreamMs: number | null;
  readonly latencyMs: number;
  readonly closedAt: Date;
}
