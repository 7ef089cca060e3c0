import { GatewayError } from '../../../contract/errors';
import type { AuditLog, Receipt } from '../audit-log';
import type { Destroyed, KeyErasure } from './key-erasure.store';
import type { KeyNotices, SilentNode } from './key-notices.store';
import { type KeptContents, NOTHING_PURGED, type Purge } from './kept-contents';
import { inTime, keysUnavailable } from './keys-unavailable';
import type { DuePurge, ShredLedger, ShredOrder } from './shred-ledger.store';
import { shredDrafts, supplementDraft } from './shred-entries';
import type { ShredLedgerFile } from './shred-ledger-file';
import { kindOf, type ShredScope } from './shred-scope';

/** What an erasure has to wait for and listen to. */
export abstract class ShredGuards {
  /** Ids of the legal holds that forbid it. */
  abstract holds(scope: ShredScope): Promise<readonly string[]>;
  /** Resolves when a checkpoint that has left the database covers the entry at that index. */
  abstract covered(index: number): Promise<void>;
}

export interface ShredReport {
  readonly order: string;
  readonly scope: ShredScope;
  readonly entryId: string;
  readonly entryIndex: number;
  /** Of tenants and months: how many keys of a tenant were, or had been, destroyed. */
  readonly tenantKeys: number;
  readonly dataKeys: number;
  readonly subjects: number;
  readonly destroyedAt: Date;
  /** When the last backup that has the keys is gone. */
  readonly finalAt: Date;
  /** How much was removed that was kept beside the log, by where that was. */
  readonly purged: Purge['purged'];
  /** Processes that have not said that they dropped their copies; each has its date on which they are too old to be used. */
  readonly silent: readonly SilentNode[];
}

export interface ShredderOptions {
  readonly backupDays: number;
  /** How many different people must have agreed. */
  readonly approvers: number;
  /** What is kept beside the log. */
  readonly contents?: KeptContents;
  /** How long to wait for the checkpoint; afterwards the order stays open and is carried out by `resume`. */
  readonly coveredMs?: number;
  /** How long to wait for all processes to drop their copies. */
  readonly acknowledgeMs?: number;
}

/** Makes content unreadable by destroying its keys, in an order that leaves no erasure without a trace. */
export class Shredder {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly parts: {
      readonly erasure: KeyErasure;
      readonly ledger: ShredLedger;
      readonly notices: KeyNotices;
      readonly forget: (scope: ShredScope) => void;
      readonly file?: ShredLedgerFile;
    },
    private readonly log: AuditLog,
    private readonly guards: ShredGuards,
    private readonly options: ShredderOptions,
  ) {}

  /**
   * @param basis why it is lawful, for the log; never personal data
   * @param approvers ids of those who agreed
   * @param user of a person, the name that applications use: what else is kept is found by it
   * @throws GatewayError `conflict` when a hold forbids it or too few agreed, `not_found` when there is nothing to erase,
   *   `audit_unavailable` when it could not be recorded, `storage_unavailable` when content beside the log may be left; once it is
   *   recorded, it is carried out sooner or later
   */
  async shred(scope: ShredScope, basis: string, approvers: readonly string[], user?: string): Promise<ShredReport> {
    kindOf(scope);
    if (new Set(approvers).size < this.options.approvers)
      throw new GatewayError('conflict', `${this.options.approvers} different people must agree to an erasure`);
    await this.refuseHeld(scope);
    const { keys, anything } = await this.parts.erasure.outlook(scope);
    if (!anything) throw new GatewayError('not_found', 'There is nothing to erase');
    const order = await this.parts.ledger.open(scope, basis, approvers, user);
    const recorded = await this.record(order, keys);
    return this.carryOut(recorded, keys, true);
  }

  /** Carries out what was recorded and interrupted. @throws AggregateError when some still cannot be; the others were */
  async resume(): Promise<ShredReport[]> {
    const reports: ShredReport[] = [];
    const failures: unknown[] = [];
    for (let order; (order = await this.parts.ledger.takeUp());)
      try {
        const { keys } = await this.parts.erasure.outlook(order.scope);
        reports.push(await this.carryOut(order as Recorded, keys, false));
      } catch (error) {
        failures.push(error);
      }
    for (let due; (due = await this.parts.ledger.takeUpPurge());)
      try {
        await this.settled(due, await this.purge(due, due.destroyedAt));
        this.parts.erasure.tidy().catch(() => undefined);
      } catch (error) {
        await this.parts.ledger.release(due.id).catch(() => undefined);
        failures.push(error);
      }
    if (failures.length) throw new AggregateError(failures, `${failures.length} erasures are not finished`);
    return reports;
  }

  /** Looks for interrupted erasures now and then. */
  start(onError: (error: unknown) => void, everyMs = 60_000): void {
    this.timer ??= setInterval(() => void this.resume().catch(onError), everyMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async record(order: ShredOrder, keys: readonly string[]): Promise<Recorded> {
    let receipts: readonly Receipt[];
    let index: number | undefined;
    try {
      receipts = await this.log.append(...shredDrafts(order, keys, this.options.backupDays));
      index = receipts.at(-1)?.index;
      if (index === undefined)
        throw keysUnavailable(new Error('the database is away: no checkpoint can cover the entry'));
    } catch (error) {
      // nothing was destroyed, and nothing will be unless somebody orders it again
      await this.parts.ledger.cancel(order.id).catch(() => undefined);
      throw error;
    }
    const { entryId } = receipts[0] as Receipt;
    await this.parts.ledger.recorded(order.id, entryId, index);
    return { ...order, entryId, entryIndex: index };
  }

  /** @param fresh ordered a moment ago: whatever is kept beside the log came before */
  private async carryOut(order: Recorded, announced: readonly string[], fresh: boolean): Promise<ShredReport> {
    const { erasure, ledger, notices } = this.parts;
    const { id, scope, entryId, entryIndex } = order;
    try {
      await this.covered(entryIndex);
      await this.refuseHeld(scope, id);
      const destroyed = await erasure.destroy(id, scope);
      this.parts.forget(scope);
      this.parts.file?.append({ order: id, scope, entryId, entryIndex, tenantKeys: destroyed.tenantKeys });
      const purge = await this.purge(order, fresh ? undefined : destroyed.destroyedAt);
      const silent = await notices.silent(destroyed.change, this.options.acknowledgeMs ?? 5_000);
      await this.supplement(order, announced, destroyed);
      const swept = await erasure.sweep(destroyed.tenantKeys);
      await ledger.swept(id, swept);
      // it makes no difference to what can be read through PostgreSQL
      erasure.tidy().catch(() => undefined);
      await this.settled(order, purge);
      const { subjects, destroyedAt, finalAt } = destroyed;
      const counts = { tenantKeys: destroyed.tenantKeys.length, dataKeys: destroyed.dataKeys + swept, subjects };
      const { purged } = purge;
      return { order: id, scope, entryId, entryIndex, ...counts, destroyedAt, finalAt, purged, silent };
    } catch (error) {
      await ledger.release(id).catch(() => undefined);
      throw error;
    }
  }

  /** Of a month only the log is erased. */
  private async purge({ scope: { tenant, subject, month }, user }: Purged, before?: Date): Promise<Purge> {
    const { contents } = this.options;
    // one that a release ordered which kept no name
    const isNameless = subject !== undefined && user === undefined;
    if (!contents || tenant === undefined || month !== undefined || isNameless) return NOTHING_PURGED;
    return contents.purge({ tenantId: tenant, ...(user !== undefined && { user }), ...(before && { before }) });
  }

  /** @throws GatewayError `storage_unavailable` when some may be left: it is purged again */
  private async settled({ id, scope: { month } }: Purged, { failures }: Purge): Promise<void> {
    if (!failures.size) return this.parts.ledger.purged(id, month !== undefined || !this.options.contents);
    throw new GatewayError(
      'storage_unavailable',
      'The keys are destroyed; what else is kept could not all be removed, and is soon tried again',
      {
        retryAfter: 60,
        details: { left: [...failures.keys()].join(' ') },
        cause: new AggregateError(failures.values()),
      },
    );
  }

  private async covered(index: number): Promise<void> {
    try {
      await inTime(this.options.coveredMs ?? 60_000, 'the checkpoint', this.guards.covered(index));
    } catch (cause) {
      throw new GatewayError('audit_unavailable', 'The erasure waits for a checkpoint of the log', {
        retryAfter: 60,
        cause,
      });
    }
  }

  /** Keys that were made between the entry and the destruction are named, too. */
  private async supplement(order: Recorded, announced: readonly string[], { keys }: Destroyed): Promise<void> {
    const known = new Set(announced);
    const more = keys.filter((key) => !known.has(key));
    if (more.length) await this.log.append(supplementDraft(order, more, this.options.backupDays));
  }

  private async refuseHeld(scope: ShredScope, order?: string): Promise<void> {
    const holds = await this.guards.holds(scope);
    if (!holds.length) return;
    if (order !== undefined) await this.parts.ledger.cancel(order);
    throw new GatewayError('conflict', 'A legal hold forbids the erasure', { details: { holds: holds.join(' ') } });
  }
}

type Purged = Pick<DuePurge, 'id' | 'scope' | 'user'>;
type Recorded = ShredOrder & Required<Pick<ShredOrder, 'entryId' | 'entryIndex'>>;
