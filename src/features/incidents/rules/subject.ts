import type { Scope } from '../../../platform/config/incidents';

/**
 * What an incident is about. Whatever is heard of the same subject while an incident is open belongs to it: the models of a
 * provider are the provider's, everything about the audit log is one, and so is everything about the queue.
 * @param of the name or id of what a rule is measured on
 */
export function subjectOf(scope: Scope, of: string): string {
  switch (scope) {
    case 'provider':
      return `provider:${of}`;
    case 'model':
      return `provider:${of.slice(0, Math.max(0, of.indexOf('/')))}`;
    case 'audit':
    case 'queue':
    case 'gateway':
      return scope;
    default:
      return `${scope}:${of}`;
  }
}
