import { z } from 'zod';
import type { JsonObject } from '../../../contract/json';
import { type AnalysisTemplate, PLACEHOLDER } from '../../../platform/config/analyses';
import { analysisType, type AnalysisType } from '../analysis-type';

/** An analysis that the operator wrote. */
export function template(name: string, written: AnalysisTemplate): AnalysisType {
  const { description = 'An analysis of this gateway’s operator.', instructions, model, maxTokens } = written;
  return analysisType({
    name,
    description,
    options: z.object({ parameters: parametersOf(written.parameters).prefault({}) }),
    task: ({ parameters }) => ({
      instructions: instructions.replace(PLACEHOLDER, (_, parameter: string) => parameters[parameter] ?? ''),
      schema: { name: name.replaceAll('-', '_'), schema: written.schema as JsonObject },
      maxTokens,
      model,
    }),
  });
}

/** Values end up in instructions: they are short, on one line, and of the operator's list where there is one. */
function parametersOf(parameters: AnalysisTemplate['parameters']): z.ZodObject<Record<string, z.ZodType<string>>> {
  const shape = Object.entries(parameters).map(([name, { values, default: usual, description }]) => {
    const value = values
      ? z.enum(values)
      : z.string().regex(/^[^\p{C}\u2028\u2029]{1,200}$/u, 'must be one line of 1 to 200 characters');
    const told: z.ZodType<string> = description ? value.describe(description) : value;
    return [name, usual === undefined ? told : told.default(usual)];
  });
  return z.strictObject(Object.fromEntries(shape) as Record<string, z.ZodType<string>>);
}
