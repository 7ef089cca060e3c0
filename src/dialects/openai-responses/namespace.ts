import type { JsonObject } from '../../contract/json';
import { asObjects, asText } from '../tolerant';

export interface Callee {
  readonly name: string;
  readonly namespace?: string;
}

/** A function's name where there are no namespaces. */
export function qualifiedName({ name, namespace }: Callee): string {
  return namespace ? `${namespace}__${name}` : name;
}

/** The functions in a request's namespaces, by qualified name: a call of one is told to the caller as it was declared. */
export function namespacedFunctions(request: JsonObject): ReadonlyMap<string, Callee> {
  const found = new Map<string, Callee>();
  for (const tool of asObjects(request.tools)) {
    if (tool.type !== 'namespace') continue;
    for (const member of asObjects(tool.tools)) {
      const callee = { name: asText(member.name), namespace: asText(tool.name) };
      found.set(qualifiedName(callee), callee);
    }
  }
  return found;
}
