import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import {
  type Hearing,
  IncidentHearings,
  type Observation,
  OBSERVERS,
  type ObservedEvent,
  RuleBoard,
} from '../../features/incidents';
import { DetectorHealth } from '../../features/sanitization';
import { Config } from '../../platform/config/config';
import { EventBus } from '../../platform/events/event-bus';
import { Turns } from '../turns';

const LOOK_MS = 1_000;
/** In looks: how often the models that read calls are asked whether they are there. */
const GUARDS_EVERY = 15;

/** Listens to what happens in this process, judges it by the rules, and has incidents opened. */
@Injectable()
export class IncidentWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly board: RuleBoard;
  private readonly turns = new Turns(
    () => this.look(),
    LOOK_MS,
    new Logger('Incidents'),
    'incidents could not be opened',
  );
  /** Callers name models, and may write anything: only those of the configuration are told apart. */
  private readonly models: ReadonlySet<string>;
  private readonly looksForGuards: boolean;
  /** What was heard and is not written down yet: where the database is away, it is once that is back, also what is over by then. */
  private readonly owed = new Map<string, Hearing>();
  private looks = 0;

  constructor(
    { incidents, models }: Config,
    private readonly hearings: IncidentHearings,
    private readonly guards: DetectorHealth,
    private readonly events: EventBus,
  ) {
    this.board = new RuleBoard(incidents.rules);
    this.models = new Set([...Object.values(models.aliases).flat(), ...Object.keys(models.models)]);
    this.looksForGuards = incidents.rules.some(({ when }) => when.signal === 'guard_down');
    for (const name of Object.keys(OBSERVERS) as ObservedEvent[]) this.listen(name);
  }

  onApplicationBootstrap(): void {
    this.turns.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.turns.stop();
  }

  private listen<K extends ObservedEvent>(name: K): void {
    this.events.on(name, (event) => {
      const now = Date.now();
      for (const heard of OBSERVERS[name](event)) this.board.observe(this.told(heard), now);
    });
  }

  private told(heard: Observation): Observation {
    const { model, ...others } = heard.of;
    return model === undefined || this.models.has(model) ? heard : { ...heard, of: others };
  }

  private async look(): Promise<void> {
    if (this.looksForGuards && this.looks++ % GUARDS_EVERY === 0)
      for (const [guard, ok] of Object.entries(await this.guards.check()))
        this.events.emit('guard.checked', { guard, ok });
    for (const hearing of this.board.hearings(Date.now())) this.owe(hearing);
    for (const [name, hearing] of this.owed) {
      const heard = await this.hearings.hear(hearing);
      this.owed.delete(name);
      const { name: rule, severity } = hearing.rule;
      if (heard?.opened) this.events.emit('incident.opened', { id: heard.id, rule, severity });
    }
  }

  private owe(hearing: Hearing): void {
    const name = `${hearing.rule.name} ${hearing.of}`;
    const began = Math.min(hearing.began, this.owed.get(name)?.began ?? Infinity);
    this.owed.set(name, { ...hearing, began });
  }
}
