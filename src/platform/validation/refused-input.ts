import type { z } from 'zod';
import { GatewayError } from '../../contract/errors';
import { fieldName } from '../../dialects/fields';

/** What a schema library reports; `keys` names the fields that the schema does not know. */
export interface InputIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly keys?: readonly string[];
  /** Of a value that may have several shapes: what speaks against each. */
  readonly errors?: readonly (readonly InputIssue[])[];
}

/** The refusal that names the first field at fault. */
export function refusedInput(issues: readonly InputIssue[]): GatewayError {
  const issue = issues[0] ?? { message: 'is not valid' };
  const { path = [], keys } = issue;
  const place = pathOf([...path, ...(keys?.slice(0, 1) ?? [])]);
  const problem = keys ? 'is not supported here' : problemOf(issue);
  return new GatewayError('invalid_request', place ? `${place}: ${problem}` : problem, place ? { param: place } : {});
}

/** What a caller sent, as the schema says. @throws GatewayError `invalid_request` that names the first field at fault */
export function validInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw refusedInput(result.error.issues as readonly InputIssue[]);
}

function problemOf({ message, errors = [] }: InputIssue): string {
  const shapes = errors.flatMap(([first]) => (first ? [problemOf(first)] : []));
  return shapes.length ? [...new Set(shapes)].join('; or ') : message.replace(/^Invalid (?:input|option): /, '');
}

function pathOf(path: NonNullable<InputIssue['path']>): string {
  return path
    .map((part) => (typeof part === 'object' ? part.key : part))
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${fieldName(String(key))}`))
    .join('')
    .replace(/^\./, '');
}

/** Reads what stands in the field `input`: a refusal names its fields from there. @throws GatewayError */
export function withinInput<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { param } = error.facts;
    const place = param === undefined ? 'input' : `input.${param}`;
    const message = param === undefined || !error.message.startsWith(param) ? error.message : `input.${error.message}`;
    throw new GatewayError(error.code, message, { ...error.facts, param: place });
  }
}
