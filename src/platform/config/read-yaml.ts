import { lstatSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { z } from 'zod';
import type { Problems } from './problems';

/** What a configuration file holds; nothing where it does not exist and need not. Undefined, and a problem, when it is wrong. */
export function readYaml<T extends z.ZodType>(
  file: string,
  schema: T,
  problems: Problems,
  required: boolean,
): z.infer<T> | undefined {
  // a link that leads nowhere is a mistake, not a file that need not be there
  if (!lstatSync(file, { throwIfNoEntry: false })) {
    if (required) problems.add('GATEHOUSE_CONFIG', `${file} does not exist`);
    return schema.parse({});
  }
  let document: unknown;
  try {
    document = parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    problems.add(file, error instanceof Error ? (error.message.split('\n')[0] ?? 'unreadable') : 'unreadable');
    return undefined;
  }
  const result = schema.safeParse(document);
  if (!result.success) problems.addAll(file, result.error);
  return result.data;
}
