import { type Analyses, BUILT_IN_ANALYSES, PLACEHOLDER } from './analyses';
import type { Models } from './models';
import type { Problems } from './problems';

/** Notes names that are taken or lead nowhere, and parameters that nothing is done with. */
export function checkAnalyses({ analyses }: Analyses, { aliases }: Models, problems: Problems): void {
  for (const [name, { instructions, parameters, schema, model }] of Object.entries(analyses)) {
    const where = `analyses.yaml analyses.${name}`;
    if ((BUILT_IN_ANALYSES as readonly string[]).includes(name))
      problems.add(where, 'is the name of a built-in analysis');
    const used = new Set(Array.from(instructions.matchAll(PLACEHOLDER), ([, parameter = '']) => parameter));
    for (const parameter of used)
      if (!Object.hasOwn(parameters, parameter))
        problems.add(`${where}.instructions`, `{{${parameter}}} is not one of its parameters`);
    for (const [parameter, { values, default: usual }] of Object.entries(parameters)) {
      if (!used.has(parameter)) problems.add(`${where}.parameters.${parameter}`, 'does not stand in the instructions');
      if (values && usual !== undefined && !values.includes(usual))
        problems.add(`${where}.parameters.${parameter}.default`, 'is not one of its values');
    }
    if (schema['type'] !== 'object') problems.add(`${where}.schema`, 'must have the type object');
    if (model !== undefined && !model.includes('/') && !Object.hasOwn(aliases, model))
      problems.add(`${where}.model`, `the alias ${model} is not in models.yaml`);
  }
}
