import { Injectable } from '@nestjs/common';
import type { Call, Handler } from '../contract/call';
import type { Stage } from '../contract/stage';
import { Tracing } from '../platform/tracing/tracing';
import { AdmitStage } from './admit.stage';
import { AuditStage } from './audit.stage';
import { BudgetStage } from './budget.stage';
import { CacheStage } from './cache.stage';
import { ConformStage } from './conform.stage';
import { DegradeStage } from './degrade.stage';
import { Dispatch } from './dispatch.service';
import { EgressStage } from './egress.stage';
import { FlagStage } from './flag.stage';
import { IdempotencyStage } from './idempotency.stage';
import { InstructStage } from './instruct.stage';
import { Revalidation } from './revalidation.service';
import { RouteStage } from './route.stage';
import { SanitizeStage } from './sanitize.stage';
import { SelectStage } from './select.stage';
import { ShadowStage } from './shadow.stage';
import { begun, traced } from './traced';

/** The one path of a call, whichever door it came in by. */
@Injectable()
export class Pipeline {
  /** Resolves when the answer begins. @throws GatewayError */
  readonly run: Handler<Call>;
  /** What a call passes, in order. */
  readonly stages: readonly string[];

  // prettier-ignore
  constructor(
    audit: AuditStage, admit: AdmitStage, idempotency: IdempotencyStage, flag: FlagStage, sanitize: SanitizeStage,
    instruct: InstructStage, select: SelectStage, route: RouteStage, degrade: DegradeStage, cache: CacheStage,
    conform: ConformStage, shadow: ShadowStage, budget: BudgetStage, egress: EgressStage, dispatch: Dispatch, revalidation: Revalidation,
    tracing: Tracing,
  ) {
    const wrap = <In extends Call, Out extends In>(stage: Stage<In, Out>, next: Handler<Out>): Handler<In> =>
      tracing.enabled ? traced(nameOf(stage), stage.wrap(next)) : stage.wrap(next);
    const path =
      wrap(audit,
      wrap(admit,
      wrap(idempotency,
      wrap(flag,
      wrap(sanitize,
      wrap(instruct,
      wrap(select,
      wrap(route,
      wrap(degrade,
      wrap(cache,
      wrap(conform,
      wrap(shadow,
      wrap(budget,
      wrap(egress,
      tracing.enabled ? traced(nameOf(dispatch), dispatch.send) : dispatch.send))))))))))))));
    this.run = tracing.enabled ? begun(tracing, path) : path;
    revalidation.through(this.run);
    this.stages = [audit, admit, idempotency, flag, sanitize, instruct, select, route, degrade, cache, conform, shadow, budget, egress, dispatch].map(nameOf);
  }
}

function nameOf(stage: object): string {
  return stage.constructor.name.replace(/Stage$/, '').toLowerCase();
}
