import type { Models } from './models';
import type { Problems } from './problems';
import { type Selection, SELECTION_DEFAULTS } from './selection';

const WHERE = 'policies.yaml selection';

/** Notes every name that leads nowhere, and scores that no call could lie between. */
export function checkSelection(selection: Selection, { aliases }: Models, problems: Problems): void {
  const check = (where: string, levels: Partial<Selection['levels']> = {}): void => {
    for (const [level, alias] of Object.entries(levels)) {
      // the names that are there by default need not exist: such a level is then left out
      const isDefault = SELECTION_DEFAULTS.levels[level as keyof Selection['levels']] === alias;
      if (!isDefault && !Object.hasOwn(aliases, alias))
        problems.add(`${where}.levels.${level}`, `the alias ${alias} is not in models.yaml`);
    }
  };
  check(WHERE, selection.levels);
  const taken = new Set<string>();
  for (const [i, task] of selection.tasks.entries()) {
    const where = `${WHERE}.tasks[${i}]`;
    check(where, task.levels);
    if (taken.has(task.name)) problems.add(where, `the name ${task.name} is taken`);
    taken.add(task.name);
    const { mediumScore = selection.mediumScore, highScore = selection.highScore } = task;
    if (highScore <= mediumScore) problems.add(where, 'highScore must be more than mediumScore');
  }
  if (selection.highScore <= selection.mediumScore) problems.add(WHERE, 'highScore must be more than mediumScore');
}
