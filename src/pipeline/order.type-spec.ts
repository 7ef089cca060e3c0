/** Checked by the compiler, never run: a pipeline in the wrong order does not compile. */
import type {
  Call,
  ConformingCall,
  CushionedCall,
  Handler,
  RecordedCall,
  SanitizedCall,
  SelectedCall,
} from '../contract/call';
import type { AdmitStage } from './admit.stage';
import type { AuditStage } from './audit.stage';
import type { BudgetStage } from './budget.stage';
import type { CacheStage } from './cache.stage';
import type { ConformStage } from './conform.stage';
import type { DegradeStage } from './degrade.stage';
import type { EgressStage } from './egress.stage';
import type { IdempotencyStage } from './idempotency.stage';
import type { RouteStage } from './route.stage';
import type { SanitizeStage } from './sanitize.stage';
import type { SelectStage } from './select.stage';

declare const audit: AuditStage;
declare const admit: AdmitStage;
declare const idempotency: IdempotencyStage;
declare const degrade: DegradeStage;
declare const sanitize: SanitizeStage;
declare const select: SelectStage;
declare const route: RouteStage;
declare const cache: CacheStage;
declare const conform: ConformStage;
declare const budget: BudgetStage;
declare const egress: EgressStage;
declare const send: Handler<RecordedCall>;

export const right: Handler<Call> = audit.wrap(
  admit.wrap(
    idempotency.wrap(
      sanitize.wrap(select.wrap(route.wrap(degrade.wrap(cache.wrap(conform.wrap(budget.wrap(egress.wrap(send)))))))),
    ),
  ),
);
declare const clean: Handler<SanitizedCall>;
declare const selected: Handler<SelectedCall>;
declare const cushioned: Handler<CushionedCall>;
declare const conforming: Handler<ConformingCall>;

// @ts-expect-error a provider cannot be reached without routing
export const unrouted: Handler<SelectedCall> = send;
// @ts-expect-error the model is found for the name that was chosen
export const unselected: Handler<SanitizedCall> = route.wrap(cushioned);
// @ts-expect-error what is personal is found before anything is left out
export const unread: Handler<Call> = audit.wrap(admit.wrap(idempotency.wrap(select.wrap(selected))));
// @ts-expect-error nothing leaves for a provider before that is on the record
export const unrecorded = budget.wrap(send);
// @ts-expect-error no answer is kept before it was validated
export const unvalidated: Handler<CushionedCall> = cache.wrap(conforming);
// @ts-expect-error the cache must never see an unsanitized call
export const unsanitized: Handler<Call> = audit.wrap(admit.wrap(idempotency.wrap(route.wrap(cushioned))));
// @ts-expect-error nothing may skip the record
export const unaudited: Handler<Call> = admit.wrap(idempotency.wrap(sanitize.wrap(clean)));
// @ts-expect-error admission comes before anything is read
export const unadmitted: Handler<Call> = audit.wrap(idempotency.wrap(sanitize.wrap(clean)));
// @ts-expect-error no call is made twice under one idempotency key
export const repeated: Handler<Call> = audit.wrap(admit.wrap(sanitize.wrap(clean)));
