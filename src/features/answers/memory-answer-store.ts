import { type AnswerOrigin, type AnswerPlace, AnswerStore, type Purge, UNLABELLED } from './answer-store';
import { PurgeFences } from './purge-fences';

/** What an entry weighs beside its bytes and for each label, roughly. */
const ENTRY_BYTES = 300;
const LABEL_BYTES = 50;

interface Entry {
  readonly answer: Buffer;
  readonly expiresAt: number;
  readonly labels: readonly string[];
}
interface OfTenant {
  /** The one that was used last comes last. */
  readonly entries: Map<string, Entry>;
  used: number;
}

/**
 * Answers in the memory of this process. When there are too many, the tenant that has the most gives up those that were not asked for
 * the longest: one that keeps a great deal takes nothing from those that keep little.
 */
export class MemoryAnswerStore extends AnswerStore {
  private readonly tenants = new Map<string, OfTenant>();
  private readonly fences = new PurgeFences();
  private used = 0;

  constructor(
    private readonly bytes: number,
    private readonly clock: () => number = Date.now,
  ) {
    super();
  }

  override find({ tenantId, key }: AnswerPlace): Promise<Buffer | undefined> {
    const own = this.tenants.get(tenantId);
    const entry = own && this.remove(tenantId, own, key);
    if (!own || !entry || entry.expiresAt <= this.clock()) return NOTHING;
    this.add(tenantId, own, key, entry);
    return Promise.resolve(entry.answer);
  }

  override keep({ tenantId, key }: AnswerPlace, answer: Buffer, forMs: number, origin = UNLABELLED): Promise<void> {
    const own = this.tenants.get(tenantId) ?? { entries: new Map<string, Entry>(), used: 0 };
    this.remove(tenantId, own, key);
    const { labels } = origin;
    const entry = { answer, expiresAt: this.clock() + forMs, labels };
    if (weight(entry) <= this.bytes && !this.fences.bar(tenantId, origin)) this.add(tenantId, own, key, entry);
    while (this.used > this.bytes) this.giveUpOne();
    return Promise.resolve();
  }

  override purge({ tenantId, label }: Purge, at = this.clock()): Promise<ReadonlySet<string>> {
    this.fences.add({ tenantId, label }, at);
    const own = this.tenants.get(tenantId);
    const gone = new Set<string>();
    for (const [key, { labels }] of own?.entries ?? []) if (labels.includes(label)) gone.add(key);
    if (own) for (const key of gone) this.remove(tenantId, own, key);
    return Promise.resolve(gone);
  }

  /** Whether one of its labels was purged since it was asked for. */
  isBarred(tenantId: string, origin: AnswerOrigin): boolean {
    return this.fences.bar(tenantId, origin);
  }

  clear(): void {
    this.tenants.clear();
    this.used = 0;
  }

  private giveUpOne(): void {
    const [tenantId, most] = [...this.tenants].reduce((a, b) => (b[1].used > a[1].used ? b : a));
    for (const oldest of most.entries.keys()) return void this.remove(tenantId, most, oldest);
  }

  private add(tenantId: string, own: OfTenant, key: string, entry: Entry): void {
    if (!own.entries.size) this.tenants.set(tenantId, own);
    own.entries.set(key, entry);
    own.used += weight(entry);
    this.used += weight(entry);
  }

  private remove(tenantId: string, own: OfTenant, key: string): Entry | undefined {
    const entry = own.entries.get(key);
    if (!entry) return undefined;
    own.entries.delete(key);
    own.used -= weight(entry);
    this.used -= weight(entry);
    if (!own.entries.size) this.tenants.delete(tenantId);
    return entry;
  }
}

const NOTHING = Promise.resolve(undefined);

function weight({ answer, labels }: Pick<Entry, 'answer' | 'labels'>): number {
  return answer.length + ENTRY_BYTES + labels.length * LABEL_BYTES;
}
