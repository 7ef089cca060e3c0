import type { GatewayEvents } from '../../contract/events';

type Listener<K extends keyof GatewayEvents> = (event: GatewayEvents[K]) => void;

/** Hands events to listeners, synchronously. A listener that throws hurts neither the others nor the call. */
export class EventBus {
  private readonly listeners: { [K in keyof GatewayEvents]?: Listener<K>[] } = {};

  on<K extends keyof GatewayEvents>(name: K, listener: Listener<K>): void {
    const list: Listener<K>[] = (this.listeners[name] as Listener<K>[] | undefined) ?? [];
    list.push(listener);
    (this.listeners as Record<K, Listener<K>[]>)[name] = list;
  }

  emit<K extends keyof GatewayEvents>(name: K, event: GatewayEvents[K]): void {
    for (const listener of (this.listeners[name] as Listener<K>[] | undefined) ?? [])
      try {
        listener(event);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
  }
}
