import { type Behaviour, type Control, DEPENDENCIES, type Dependency } from '../../contract/control';

/** What becomes of one control when one dependency is away. */
export interface Cell {
  readonly control: string;
  readonly dependency: Dependency;
  readonly behaviour: Behaviour;
  readonly does: string;
}

const AS_USUAL = 'Works as usual.';

/** Every control × every dependency. */
export function cellsOf(controls: readonly Control[]): Cell[] {
  return controls.flatMap(({ name, absent, without }) =>
    DEPENDENCIES.map((dependency) => {
      const { behaviour, does } = without[dependency];
      return { control: name, dependency, behaviour, does: does ?? absent ?? AS_USUAL };
    }),
  );
}

/** How calls fare without some of the dependencies. */
export function verdict(cells: readonly Cell[], away: ReadonlySet<Dependency>): 'ok' | 'degraded' | 'closed' {
  const now = new Set(cells.filter(({ dependency }) => away.has(dependency)).map(({ behaviour }) => behaviour));
  if (now.has('closed')) return 'closed';
  return away.size ? 'degraded' : 'ok';
}
