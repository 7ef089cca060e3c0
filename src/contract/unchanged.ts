import type { Outgoing, Sendable } from './call';

/** Every provider may be sent the same. */
export function unchanged(sendable: Sendable): Outgoing {
  const { request, wire } = sendable;
  return { barred: () => undefined, to: () => ({ request, wire }) };
}
