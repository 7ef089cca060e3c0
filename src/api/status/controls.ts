import type { Control } from '../../contract/control';
import { AUDIT, REVIEWING } from '../../features/audit';
import { FLAGS } from '../../features/flags';
import { INCIDENTS } from '../../features/incidents';
import { JOBS } from '../../features/jobs';
import { ADDRESS_LIMIT, CALL_LIMITS, CONCURRENCY, KEY_LIMIT } from '../../features/limits';
import { BREAKER, BULKHEAD, FALLBACK, KEY_POOL, RETRY, TIMEOUT } from '../../features/resilience';
import { ADMINISTRATION, AUTHENTICATION } from '../../features/tenancy';
import {
  ANSWERS,
  BUDGET,
  CONFORMANCE,
  DISPATCH,
  IDEMPOTENCY,
  ROUTING,
  SANITIZATION,
  SELECTION,
  SIZES,
} from '../../pipeline';
import { TELEMETRY } from '../../platform/observability/controls';
import { PROBES } from '../health/controls';

/** Every control, in the order in which a call meets them. To add one: a constant beside its code and a place here. */
export const CONTROLS: readonly Control[] = [
  ADDRESS_LIMIT,
  AUTHENTICATION,
  KEY_LIMIT,
  AUDIT,
  SIZES,
  CONCURRENCY,
  CALL_LIMITS,
  IDEMPOTENCY,
  FLAGS,
  SANITIZATION,
  SELECTION,
  ROUTING,
  ANSWERS,
  CONFORMANCE,
  BUDGET,
  DISPATCH,
  FALLBACK,
  KEY_POOL,
  BULKHEAD,
  BREAKER,
  RETRY,
  TIMEOUT,
  JOBS,
  INCIDENTS,
  TELEMETRY,
  PROBES,
  ADMINISTRATION,
  REVIEWING,
];
