import type { Rates } from './rates';
import type { Quota, Usage } from './reply';

/** Every way a call can be refused. The only place that knows HTTP status and whether waiting helps. */
export const ERRORS = {
  invalid_request: { status: 400, retry: false },
  prompt_rejected: { status: 400, retry: false },
  unauthenticated: { status: 401, retry: false },
  budget_exhausted: { status: 402, retry: false },
  forbidden: { status: 403, retry: false },
  model_not_allowed: { status: 403, retry: false },
  model_not_found: { status: 404, retry: false },
  not_found: { status: 404, retry: false },
  method_not_allowed: { status: 405, retry: false },
  conflict: { status: 409, retry: false },
  idempotency_conflict: { status: 409, retry: false },
  prompt_too_large: { status: 413, retry: false },
  unsupported_media_type: { status: 415, retry: false },
  rate_limited: { status: 429, retry: true },
  concurrency_limited: { status: 429, retry: true },
  client_closed: { status: 499, retry: false },
  internal: { status: 500, retry: false },
  provider_failed: { status: 502, retry: true },
  overloaded: { status: 503, retry: true },
  audit_unavailable: { status: 503, retry: true },
  storage_unavailable: { status: 503, retry: true },
  circuit_open: { status: 503, retry: true },
  deadline_exceeded: { status: 504, retry: true },
} as const satisfies Record<string, { status: number; retry: boolean }>;

export type ErrorCode = keyof typeof ERRORS;

/** Who is at fault: what the caller asked, the provider, or the key it was asked with. Absent: this process, or nobody. */
export type Blame = 'caller' | 'provider' | 'key';

const USUAL_BLAME: { readonly [K in ErrorCode]?: Blame } = {
  provider_failed: 'provider',
  overloaded: 'provider',
  circuit_open: 'provider',
  rate_limited: 'key',
};

/** Who is at fault for the failure of a provider call. */
export function blameFor({ code, facts }: GatewayError): Blame | undefined {
  return facts.blame ?? USUAL_BLAME[code];
}

export interface ErrorFacts {
  readonly blame?: Blame;
  /** The request field at fault, as a path: `messages[2].content`. */
  readonly param?: string;
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number;
  /** The HTTP status to answer with when the provider chose a more exact one than the code's own (for example 422). */
  readonly status?: number;
  /** The status the provider itself answered with. */
  readonly providerStatus?: number;
  /** The provider's own machine-readable code (`context_length_exceeded`, `thread_not_found`), handed on to the caller. */
  readonly providerCode?: string;
  readonly quota?: Quota;
  /** What the provider said that an answer took which is of no use. */
  readonly usage?: Usage;
  /** Where the caller stands, when it met a limit of ours. */
  readonly rates?: Rates;
  /** How many times a provider was asked before giving up. */
  readonly attempts?: number;
  /** When a budget may have room for the call, and it may wait until then as a job. */
  readonly roomAt?: Date;
  /** No rung of the ladder of degradation could answer. */
  readonly exhausted?: boolean;
  /** Machine-readable facts for clients that recover by themselves. Never content, never personal data. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  readonly cause?: unknown;
}

/** A refusal the caller may read: `message` is safe to show. Anything else that is thrown is reported as `internal`. */
export class GatewayError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly facts: ErrorFacts = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'GatewayError';
  }

  get status(): number {
    return this.facts.status ?? ERRORS[this.code].status;
  }

  /** Seconds to wait, for codes where waiting helps; undefined otherwise. */
  get retryAfter(): number | undefined {
    return (
      this.facts.retryAfter ?? (ERRORS[this.code].retry && this.status !== 502 && this.status !== 504 ? 1 : undefined)
    );
  }

  static from(error: unknown): GatewayError {
    return error instanceof GatewayError ? error : new GatewayError('internal', 'Internal error', { cause: error });
  }
}
