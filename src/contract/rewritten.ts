import type { Outgoing, Sendable } from './call';
import { NO_MEMORY } from './in-batch';
import type { ModelRequest } from './request';

/** The forms of a call with something changed in each. `edit` is pure: what it made of a form is kept for as long as the form. */
export function rewritten(outgoing: Outgoing, edit: (sendable: Sendable) => Sendable): Outgoing {
  const made = new WeakMap<ModelRequest, Sendable>();
  return {
    barred: (provider) => outgoing.barred(provider),
    to: (provider) => {
      const form = outgoing.to(provider);
      let edited = made.get(form.request);
      if (!edited) made.set(form.request, (edited = edit(form)));
      return edited;
    },
    ...(outgoing.memory && { memory: () => outgoing.memory?.() ?? NO_MEMORY }),
    ...(outgoing.restore && { restore: (text: string) => outgoing.restore?.(text) ?? text }),
  };
}
