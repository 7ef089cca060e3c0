import type { KeyObject } from 'node:crypto';
import { importPublicKey, signText } from '../../format/ed25519';
import { formatVkey, KEY_TYPE, parseVkey } from '../../format/vkey';
import type { Keks } from '../../keys/keks';
import { type LogName, originOf } from '../head/log-name';
import { type LogKey, LogSigner } from './log-signer';
import { fromSeed, newSeed } from './signing-seed';
import type { SigningKeyRow, SigningKeyRows } from './signing-key-rows.store';

export interface HeldKey extends LogKey {
  readonly privateKey: KeyObject;
  /** Index of the entry that announced it. */
  readonly since: number;
}

/** Keys that all processes share: their seeds are in the key database, wrapped by the key-encryption key. */
export class StoredLogSigner extends LogSigner {
  override readonly origin: string;
  private held: readonly HeldKey[] = [];

  constructor(
    private readonly rows: SigningKeyRows,
    private readonly keks: Keks,
    readonly name: LogName,
  ) {
    super();
    this.origin = originOf(name);
  }

  /** Makes the log's first key when there is none. @throws when the key database or the key-encryption key cannot be reached */
  async open(): Promise<void> {
    await this.rows.open();
    await this.rows.locked(async (query) => {
      if ((await this.rows.all(query)).length) return;
      await this.rows.add(query, await this.make(1, -1));
    });
    await this.refresh();
  }

  override async refresh(): Promise<void> {
    const active = (await this.rows.all()).filter(({ since }) => since !== null);
    if (!active.length) throw new Error(`the log ${this.name.origin} has no signing key`);
    const held: HeldKey[] = [];
    for (const row of active)
      held.push(this.held.find(({ vkey }) => vkey === this.vkeyOf(row.public)) ?? (await this.unwrap(row)));
    this.held = held;
  }

  override get vkeys(): readonly string[] {
    return this.held.map(({ vkey }) => vkey);
  }

  override get current(): HeldKey {
    return this.forSize(Number.MAX_SAFE_INTEGER);
  }

  override forSize(size: number): HeldKey {
    const key = this.held.findLast(({ since }) => since < size);
    if (!key) throw new Error('the signer is not open');
    return key;
  }

  override async announced(vkey: string, index: number): Promise<void> {
    await this.rows.activate(parseVkey(vkey).raw, index);
    await this.refresh();
  }

  override steadily<T>(work: () => Promise<T>): Promise<T> {
    return this.rows.locked(async () => {
      await this.refresh();
      return work();
    });
  }

  /** The key that will follow; one that was prepared before and never announced is taken up again. */
  async successor(): Promise<HeldKey> {
    const row = await this.rows.locked(async (query) => {
      const last = (await this.rows.all(query)).at(-1);
      if (last?.since === null) return last;
      const made = await this.make((last?.number ?? 0) + 1, null);
      await this.rows.add(query, made);
      return made;
    });
    return this.unwrap(row);
  }

  private async unwrap({ number, public: publicKey, wrapped, wrapper, since }: SigningKeyRow): Promise<HeldKey> {
    const seed = await this.keks.unwrap(wrapper, wrapped, this.context(number));
    const { privateKey } = fromSeed(seed);
    if (wrapper !== this.keks.use.id)
      await this.rows.rewrap(number, await this.keks.wrap(seed, this.context(number)), this.keks.use.id);
    seed.fill(0);
    const sign = (text: string): Buffer => signText(text, privateKey);
    return { vkey: this.vkeyOf(publicKey), privateKey, since: since ?? Number.MAX_SAFE_INTEGER, sign };
  }

  private async make(number: number, since: number | null): Promise<SigningKeyRow> {
    const { seed, key } = newSeed();
    const wrapped = await this.keks.wrap(seed, this.context(number));
    seed.fill(0);
    return { number, public: key.publicKey, wrapped, wrapper: this.keks.use.id, since };
  }

  private vkeyOf(publicKey: Buffer): string {
    return formatVkey(this.origin, KEY_TYPE.note, importPublicKey(publicKey));
  }

  private context(number: number): string {
    return `gatehouse/audit/signing-key\n${this.name.origin}\n${number}`;
  }
}
