import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { EventBus } from '../events/event-bus';
import { EVENT_LINES, type LoggedEvent } from './event-lines';

/** A line for whatever happens on the way of calls. Names and numbers, never content. */
@Injectable()
export class EventLog {
  constructor(
    private readonly log: PinoLogger,
    private readonly events: EventBus,
  ) {
    for (const name of Object.keys(EVENT_LINES) as LoggedEvent[]) this.listen(name);
  }

  private listen<K extends LoggedEvent>(name: K): void {
    this.events.on(name, (event) => {
      const [level, message, facts] = EVENT_LINES[name](event);
      this.log[level](facts, message);
    });
  }
}
