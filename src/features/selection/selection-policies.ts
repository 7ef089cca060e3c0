import { COMPLEXITIES, type Complexity } from '../../contract/selection';
import type { Selection, SelectionTask } from '../../platform/config/selection';

/** What calls are told apart by. */
export interface TaskOf {
  readonly tenant: { readonly id: string; readonly name: string };
  readonly tags: readonly string[];
  readonly operation: string;
}

/** What holds for one call. */
export interface SelectionPolicy extends Omit<Selection, 'tasks'> {
  /** The last of the tasks that the call belongs to. */
  readonly task?: string;
  /** How hard it is, where its caller does not say, and the task that says so. */
  readonly fixed?: { readonly level: Complexity; readonly task: string };
  /** Every alias that stands for a level, for this call or for others, and the level: asking for one of them leaves the choice open. */
  readonly tiers: ReadonlyMap<string, Complexity>;
  /** Something may be left out of the prompt. */
  readonly trims: boolean;
}

/** Looks up what holds for a call: the policy, then every task that it belongs to, the later the stronger. */
export class SelectionPolicies {
  private general!: SelectionPolicy;
  private tasks!: readonly SelectionTask[];

  constructor(selection: Selection) {
    this.take(selection);
  }

  /** Another policy holds from now on. */
  take({ tasks, ...general }: Selection): void {
    this.general = completed({ ...general });
    this.tasks = tasks;
  }

  of(call: TaskOf): SelectionPolicy {
    const matching = this.tasks.filter((task) => belongs(call, task));
    return matching.length ? completed(matching.reduce<Layered>(overlaid, this.general)) : this.general;
  }
}

type Layered = Omit<Selection, 'tasks'> &
  Pick<SelectionPolicy, 'task' | 'fixed'> & {
    tiers?: SelectionPolicy['tiers'];
  };

function completed(policy: Layered): SelectionPolicy {
  const { whitespace, duplicates, turns, tokens } = policy.trim;
  return {
    ...policy,
    // an alias of two levels stands for the harder one
    tiers: new Map([...(policy.tiers ?? []), ...COMPLEXITIES.map((level) => [policy.levels[level], level] as const)]),
    trims: whitespace || duplicates || turns !== undefined || tokens !== undefined,
  };
}

function overlaid(under: Layered, task: SelectionTask): Layered {
  const { name, level, levels, trim, tags: _tags, tenants: _tenants, operations: _operations, ...fields } = task;
  return {
    ...under,
    ...given(fields),
    levels: { ...under.levels, ...given(levels ?? {}) },
    trim: { ...under.trim, ...given(trim ?? {}) },
    task: name,
    ...(level && { fixed: { level, task: name } }),
  };
}

/** An absent field leaves what was there. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

function belongs({ tenant, tags, operation }: TaskOf, task: SelectionTask): boolean {
  const name = tenant.name.toLowerCase();
  return (
    (!task.operations.length || task.operations.some((one) => one === operation)) &&
    (!task.tenants.length || task.tenants.some((one) => one === tenant.id || one.toLowerCase() === name)) &&
    (!task.tags.length || task.tags.some((tag) => tags.includes(tag)))
  );
}
