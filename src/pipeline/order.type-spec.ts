/** Checked by the compiler, never run: a pipeline in the wrong order does not compile. */
import type {
  Call,
  ConformingCall,
  CushionedCall,
  FlaggedCall,
  Handler,
  InstructedCall,
  RecordedCall,
  SanitizedCall,
  SelectedCall,
  UniqueCall,
} from '../contract/call';
import type { AdmitStage } from './admit.stage';
import type { AuditStage } from './audit.stage';
import type { BudgetStage } from './budget.stage';
import type { CacheStage } from './cache.stage';
import type { ConformStage } from './conform.stage';
import type { DegradeStage } from './degrade.stage';
import type { EgressStage } from './egress.stage';
import type { FlagStage } from './flag.stage';
import type { IdempotencyStage } from './idempotency.stage';
import type { InstructStage } from './instruct.stage';
import type { RouteStage } from './route.stage';
import type { SanitizeStage } from './sanitize.stage';
import type { SelectStage } from './select.stage';
import type { ShadowStage } from './shadow.stage';

declare const audit: AuditStage;
declare const admit: AdmitStage;
declare const idempotency: IdempotencyStage;
declare const flag: FlagStage;
declare const instruct: InstructStage;
declare const degrade: DegradeStage;
declare const sanitize: SanitizeStage;
declare const select: SelectStage;
declare const route: RouteStage;
declare const cache: CacheStage;
declare const conform: ConformStage;
declare const shadow: ShadowStage;
declare const budget: BudgetStage;
declare const egress: EgressStage;
declare const send: Handler<RecordedCall>;

export const right: Handler<Call> = audit.wrap(
  admit.wrap(
    idempotency.wrap(
      flag.wrap(
        sanitize.wrap(
          instruct.wrap(
            select.wrap(
              route.wrap(degrade.wrap(cache.wrap(conform.wrap(shadow.wrap(budget.wrap(egress.wrap(send))))))),
            ),
          ),
        ),
      ),
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
export const unselected: Handler<InstructedCall> = route.wrap(cushioned);
// @ts-expect-error what is personal is found before anything is left out
export const unread: Handler<FlaggedCall> = instruct.wrap(select.wrap(selected));
// @ts-expect-error what flags decide about guards is known before anything is read
export const unflagged: Handler<UniqueCall> = sanitize.wrap(clean);
// @ts-expect-error what the operator adds is there before anything is left out
export const uninstructed: Handler<FlaggedCall> = sanitize.wrap(select.wrap(selected));
// @ts-expect-error nothing leaves for a provider before that is on the record
export const unrecorded = budget.wrap(send);
// @ts-expect-error no answer is kept before it was validated
export const unvalidated: Handler<CushionedCall> = cache.wrap(conforming);
// @ts-expect-error the cache must never see an unsanitized call
export const unsanitized: Handler<Call> = audit.wrap(admit.wrap(idempotency.wrap(flag.wrap(route.wrap(cushioned)))));
// @ts-expect-error nothing may skip the record
export const unaudited: Handler<Call> = admit.wrap(idempotency.wrap(flag.wrap(sanitize.wrap(clean))));
// @ts-expect-error admission comes before anything is read
export const unadmitted: Handler<Call> = audit.wrap(idempotency.wrap(flag.wrap(sanitize.wrap(clean))));
// @ts-expect-error no call is made twice under one idempotency key
export const repeated: Handler<Call> = audit.wrap(admit.wrap(flag.wrap(sanitize.wrap(clean))));
