import { createSecretKey } from 'node:crypto';
import type { KeyedHash } from '../../../platform/secrets/keyed-hash';
import { unwrapBytes, wrapBytes } from '../../../platform/secrets/wrapped-bytes';
import { Batches } from './batches';
import { type DataKey, Subjects } from './data-keys';
import { KeyCache } from './key-cache';
import { newReference, subjectContext } from './key-names';
import { keysUnavailable } from './keys-unavailable';
import type { SubjectDraft, SubjectRows } from './subject-rows.store';
import type { WrappedDataKeys } from './wrapped-data-keys';

interface Person {
  readonly tenant: string;
  readonly userId: string;
}

const PURPOSE = 'audit-subject';
const KEPT = 50_000;
const ATTEMPTS = 5;

/**
 * Random names, and beside them, in the key database only, who is behind them: found by a keyed hash, readable under the
 * tenant's key. Nothing leads from a person to a name once the row is gone.
 */
export class StoredSubjects extends Subjects {
  private readonly cache: KeyCache<string>;
  private readonly making: Batches<Person, string>;
  private readonly finding: Batches<Person, string | undefined>;

  constructor(
    private readonly rows: SubjectRows,
    private readonly keys: WrappedDataKeys,
    private readonly hash: KeyedHash,
    clock: () => number = Date.now,
  ) {
    super();
    this.cache = new KeyCache(KEPT, clock);
    this.making = new Batches((people) => this.take(people));
    this.finding = new Batches((people) => this.rows.find(people.map((person) => this.lookup(person))));
  }

  override reference(tenant: string, userId: string): string | Promise<string> {
    const name = `${tenant}\n${userId}`;
    return this.cache.peek(name) ?? this.cache.get(name, () => this.making.add({ tenant, userId }));
  }

  override find(tenant: string, userId: string): Promise<string | undefined> {
    return this.finding.add({ tenant, userId });
  }

  /** Who is behind a name: undefined when that was erased, or never known to this tenant. */
  async identify(tenant: string, reference: string): Promise<string | undefined> {
    const row = await this.rows.byReference(tenant, reference);
    const key = row?.sealedBy && row.sealed ? await this.keys.find(row.sealedBy) : undefined;
    if (!row?.sealed || !key) return undefined;
    return unwrapBytes(createSecretKey(key.key), row.sealed, subjectContext(tenant, reference)).toString();
  }

  /** What is in memory is no longer to be used: of one name, of a tenant, or of everybody. */
  forget(tenant?: string, reference?: string): void {
    this.cache.forgetWhere((name, known) =>
      reference === undefined ? tenant === undefined || name.startsWith(`${tenant}\n`) : known === reference,
    );
  }

  sweep(): void {
    this.cache.sweep();
  }

  private lookup({ tenant, userId }: Person) {
    return { tenant, lookup: this.hash.digest(PURPOSE, tenant, userId) };
  }

  private async take(people: readonly Person[]): Promise<(string | Error)[]> {
    const results: (string | Error | undefined)[] = Array.from({ length: people.length });
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const open = [...results.keys()].filter((i) => results[i] === undefined);
      if (!open.length) break;
      const found = await this.rows.find(open.map((i) => this.lookup(people[i] as Person)));
      const missing = open.filter((i, n) => (results[i] = found[n]) === undefined);
      if (missing.length) await this.make(missing, people, results);
    }
    return results.map(
      (result) => result ?? keysUnavailable(new Error('a subject changes faster than it can be read')),
    );
  }

  private async make(missing: readonly number[], people: readonly Person[], results: (string | Error | undefined)[]) {
    const tenants = new Set(missing.map((i) => (people[i] as Person).tenant));
    const keys = new Map<string, DataKey | Error>();
    const keep = async (tenant: string) => {
      try {
        keys.set(tenant, await this.keys.standing(tenant));
      } catch (error) {
        keys.set(tenant, error as Error);
      }
    };
    await Promise.all([...tenants].map(keep));
    const drafts = new Map<number, SubjectDraft>();
    for (const i of missing) {
      const person = people[i] as Person;
      const key = keys.get(person.tenant);
      if (key && !(key instanceof Error)) drafts.set(i, this.draft(person, key));
      else results[i] = key;
    }
    if (!drafts.size) return;
    const added = await this.rows.add([...drafts.values()]);
    for (const [i, { reference, tenant }] of drafts)
      if (added.has(reference)) results[i] = reference;
      // somebody was faster, or the key was destroyed at this moment
      else this.keys.forget(tenant, '');
  }

  private draft(person: Person, { id, key }: DataKey): SubjectDraft {
    const reference = newReference();
    const sealed = wrapBytes(
      createSecretKey(key),
      Buffer.from(person.userId),
      subjectContext(person.tenant, reference),
    );
    return { ...this.lookup(person), reference, sealed, sealedBy: id };
  }
}
