import { Injectable } from '@nestjs/common';
import { EventBus } from '../events/event-bus';
import { isDiskFull } from './connection';

type Trouble = 'postgresql' | 'disk';
const TROUBLES: readonly Trouble[] = ['postgresql', 'disk'];

/** Whether PostgreSQL answers and has room, as those who hold a connection find out. */
@Injectable()
export class DatabaseState {
  private readonly reported = new Map<string, Trouble>();

  constructor(private readonly events: EventBus) {}

  /**
   * @param source who reports; each is believed about itself, and all is well when it is for every one
   * @param error why `source` cannot work at the moment; absent when it can
   */
  report(source: string, error?: unknown): void {
    const before = TROUBLES.filter((trouble) => this.has(trouble));
    if (error === undefined) this.reported.delete(source);
    else this.reported.set(source, isDiskFull(error) ? 'disk' : 'postgresql');
    for (const dependency of TROUBLES) {
      const away = this.has(dependency);
      if (away !== before.includes(dependency))
        this.events.emit('dependency.changed', {
          dependency,
          up: !away,
          ...(away && error instanceof Error && { reason: error.message }),
        });
    }
  }

  has(trouble: Trouble): boolean {
    for (const found of this.reported.values()) if (found === trouble) return true;
    return false;
  }
}
