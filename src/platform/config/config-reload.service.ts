import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfigReloaded } from '../../contract/events';
import { EventBus } from '../events/event-bus';
import { Config } from './config';
import { pathsOf } from './config-files';
import type { ChangeableParts } from './config-in-force';
import { FileChanges } from './file-changes';
import { ConfigError } from './problems';
import { rereadConfig } from './reread-config';

/** Puts on record what is about to hold. While it cannot, nothing changes. */
export type Recorder = (next: ChangeableParts, change: Change) => Promise<void>;

export interface Change extends Pick<ConfigReloaded, 'trigger' | 'changed'> {
  /** The API key that asked for it. */
  readonly actor?: string | undefined;
}

export interface ReloadState {
  readonly revision: number;
  /** When what holds was taken. */
  readonly since: Date;
  /** Absent before the first. */
  readonly last?: ConfigReloaded & { readonly at: Date };
}

/**
 * Takes up what changed in the files of the configuration: when they change, on SIGHUP, when somebody asks. All of it or
 * nothing: with a mistake anywhere, what held goes on holding.
 */
@Injectable()
export class ConfigReload implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly changes: FileChanges;
  private readonly onHangUp = (): void => void this.reload('signal').catch(() => undefined);
  private turn: Promise<unknown> = Promise.resolve();
  private record: Recorder | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  /** Files as they were when last read, and which were there. */
  private seen: string | undefined;
  private present: readonly string[] = [];
  private since = new Date();
  private last: ReloadState['last'];

  constructor(
    private readonly config: Config,
    private readonly events: EventBus,
  ) {
    this.changes = new FileChanges(pathsOf(config.configFile));
  }

  recordWith(record: Recorder): void {
    this.record = record;
  }

  get state(): ReloadState {
    return { revision: this.config.inForce.revision, since: this.since, ...(this.last && { last: this.last }) };
  }

  async onApplicationBootstrap(): Promise<void> {
    this.present = (await this.changes.look()).present;
    process.on('SIGHUP', this.onHangUp);
    this.watch();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    process.off('SIGHUP', this.onHangUp);
    await this.turn;
  }

  /**
   * One at a time; what came of it is what it answers.
   * @param actor the API key that asks
   */
  reload(trigger: ConfigReloaded['trigger'], actor?: string): Promise<ConfigReloaded> {
    const done = this.turn.then(() => this.readAgain(trigger, actor));
    this.turn = done.catch(() => undefined);
    return done;
  }

  private watch(): void {
    const { reloadSeconds } = this.config.server;
    if (!reloadSeconds || this.stopped) return;
    this.timer = setTimeout(() => void this.look().finally(() => this.watch()), reloadSeconds * 1_000).unref();
  }

  private async look(): Promise<void> {
    const { mark, settled } = await this.changes.look();
    if (settled && mark !== this.seen) await this.reload('files');
  }

  private async readAgain(trigger: ConfigReloaded['trigger'], actor?: string): Promise<ConfigReloaded> {
    const { mark, present } = await this.changes.look();
    const result = { trigger, changed: [], pending: [], problems: [], ...(await this.attempt(trigger, actor)) };
    if (result.outcome !== 'refused') this.present = present;
    // what could not be recorded is tried again with the next look
    if (result.outcome !== 'failed') this.seen = mark;
    if (trigger === 'files' && saysNothingNew(result, this.last)) return result;
    this.last = { ...result, at: new Date() };
    this.events.emit('config.reloaded', result);
    return result;
  }

  private async attempt(
    trigger: ConfigReloaded['trigger'],
    actor?: string,
  ): Promise<Partial<ConfigReloaded> & Outcome> {
    try {
      const { parts, changed, pending } = rereadConfig(this.config, this.present);
      if (!changed.length) return { outcome: 'unchanged', pending };
      if (!(await this.recorded(parts, { trigger, changed, actor })))
        return { outcome: 'failed', pending, problems: ['the change cannot be put on record now'] };
      this.config.inForce.take(parts);
      this.since = new Date();
      return { outcome: 'taken', changed, pending };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return { outcome: 'refused', problems: error.problems };
    }
  }

  private recorded(...change: Parameters<Recorder>): Promise<boolean> {
    const recording = this.record?.(...change) ?? Promise.resolve();
    return recording.then(
      () => true,
      () => false,
    );
  }
}

type Outcome = Pick<ConfigReloaded, 'outcome'>;

/** Nothing was taken, and what is wrong or waits for a start is known. */
function saysNothingNew(result: ConfigReloaded, last: ConfigReloaded | undefined): boolean {
  const told = ({ problems, pending }: ConfigReloaded): string => [...problems, ...pending].join('\n');
  return result.outcome !== 'taken' && told(result) === (last ? told(last) : '');
}
