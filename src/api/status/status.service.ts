import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Caller } from '../../contract/caller';
import type { Dependency } from '../../contract/control';
import type { JsonObject } from '../../contract/json';
import type { ReportName, StateReport } from '../../contract/state-report';
import { ModelEntries } from '../../features/models';
import { CONTROLS } from './controls';
import { printableJson } from '../../platform/observability/printable-json';
import { DependencyStates } from './dependency-states.service';
import { cellsOf, verdict } from './matrix';
import { REPORTS } from './reports';
import type { StatusView } from './status-schema';

const CELLS = cellsOf(CONTROLS);

/** What is away, what that means for each control, and what state the parts of this process are in. */
@Injectable()
export class Status {
  constructor(
    private readonly surroundings: DependencyStates,
    private readonly models: ModelEntries,
    private readonly modules: ModuleRef,
  ) {}

  async show(caller: Caller): Promise<StatusView> {
    const { dependencies, alone } = await this.surroundings.now();
    const away = new Set<Dependency>(dependencies.flatMap(({ name, status }) => (status === 'down' ? [name] : [])));
    return {
      status: alone ? 'closed' : verdict(CELLS, away),
      // what drivers say of errors
      dependencies: printableJson([...dependencies]),
      controls: CELLS.map((cell) => ({ ...cell, now: away.has(cell.dependency) })),
      models: this.models.warnings(),
      ...this.states(caller),
    };
  }

  private states({ root, tenantId }: Caller): Record<ReportName, JsonObject[]> {
    const states: Record<ReportName, JsonObject[]> = {
      breakers: [],
      keys: [],
      bulkheads: [],
      concurrency: [],
      limits: [],
      withdrawn: [],
    };
    for (const type of REPORTS) {
      const report = this.modules.get<StateReport>(type, { strict: false });
      const mine = report.state().filter(({ tenant }) => root || tenant === undefined || tenant === tenantId);
      states[report.reports].push(...mine);
    }
    return states;
  }
}
