import { Batches } from './batches';
import { type DataKeyRows, type Fate, type Scope, scopeName } from './data-key-rows.store';
import { type DataKeyMaker, openDataKey } from './data-key-maker';
import { type DataKey, DataKeys } from './data-keys';
import { KeyCache } from './key-cache';
import { NONE } from './key-names';
import { keysUnavailable, UnknownKeyError } from './keys-unavailable';
import { ALWAYS, type Month, Months } from './months';
import type { TenantKeys } from './tenant-keys';

const KEPT = 50_000;
const ATTEMPTS = 3;

/**
 * Data keys wrapped by tenant keys wrapped by a key-encryption key. Keys to write with are kept in memory for a while; keys to
 * read with never are: a key whose row is destroyed cannot be found again, whoever held a copy.
 */
export class WrappedDataKeys extends DataKeys {
  private readonly months = new Months();
  private readonly cache: KeyCache<DataKey>;
  private readonly making: Batches<Scope, DataKey>;
  private readonly finding: Batches<string, DataKey | undefined>;

  constructor(
    private readonly rows: DataKeyRows,
    private readonly tenantKeys: TenantKeys,
    maker: DataKeyMaker,
    clock: () => number = Date.now,
  ) {
    super();
    this.cache = new KeyCache(KEPT, clock);
    this.making = new Batches((scopes) => maker.take(scopes));
    this.finding = new Batches((ids) => this.findAll(ids));
  }

  /** The buffer is shared by everybody who writes with it: do not change it. */
  override current(tenant: string | undefined, subject: string | undefined, at: number): DataKey | Promise<DataKey> {
    return this.ofMonth(tenant, subject, this.months.of(at));
  }

  /** The key of a tenant that belongs to no month. */
  standing(tenant: string): DataKey | Promise<DataKey> {
    return this.ofMonth(tenant, undefined, ALWAYS);
  }

  /** @throws UnknownKeyError when there never was such a key, as far as the key database knows */
  override async find(id: string): Promise<DataKey | undefined> {
    return this.finding.add(id);
  }

  /** When a key was made and destroyed. Undefined: there never was such a key. */
  fate(id: string): Promise<Fate | undefined> {
    return this.rows.fate(id);
  }

  /** What is in memory is no longer to be used: of a subject, of a tenant, or of everybody. */
  forget(tenant?: string, subject?: string): void {
    if (tenant === undefined) return this.cache.clear();
    const [of, end] = [`\n${tenant}\n`, `\n${tenant}\n${subject ?? ''}`];
    this.cache.forgetWhere((name) => (subject === undefined ? name.includes(of) : name.endsWith(end)));
  }

  sweep(): void {
    this.cache.sweep();
  }

  private ofMonth(tenant: string | undefined, subject: string | undefined, month: Month): DataKey | Promise<DataKey> {
    const name = scopeName(tenant ?? NONE, subject ?? NONE, month);
    return this.cache.peek(name) ?? this.make(name, { tenant: tenant ?? NONE, subject: subject ?? NONE, month });
  }

  private make(name: string, scope: Scope): DataKey | Promise<DataKey> {
    return this.cache.get(name, () => this.making.add(scope));
  }

  private async findAll(ids: readonly string[]): Promise<(DataKey | Error | undefined)[]> {
    const results: (DataKey | Error | undefined)[] = Array.from({ length: ids.length });
    let open = [...ids.keys()];
    for (let attempt = 1; open.length; attempt++) {
      const rows = await this.rows.byIds(open.map((i) => ids[i] as string));
      const again: number[] = [];
      await Promise.all(
        open.map(async (i) => {
          const row = rows.get(ids[i] as string);
          if (!row) results[i] = new UnknownKeyError(`the key database has never had ${ids[i]}`);
          if (!row?.wrapped) return;
          try {
            const parent = await this.tenantKeys.find(row.tenantKey);
            if (parent) results[i] = openDataKey(parent, row);
            // its tenant key was replaced between the two questions
            else again.push(i);
          } catch (error) {
            results[i] = error as Error;
          }
        }),
      );
      if (attempt === ATTEMPTS)
        for (const i of again.splice(0))
          results[i] = keysUnavailable(new Error('a key changes faster than it can be read'));
      open = again;
    }
    return results;
  }
}
