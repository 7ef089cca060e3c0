/** A key of the log, as whoever signs a text sees it. */
export interface LogKey {
  /** The verifier key. */
  readonly vkey: string;
  /** Ed25519, 64 bytes. */
  sign(text: string): Buffer;
}

/** The keys of the log itself: they admit writers and sign checkpoints. One may follow another while the process runs. */
export abstract class LogSigner {
  /** The name of the log in its checkpoints, with the number of its epoch from the second on. */
  abstract readonly origin: string;
  /** Verifier keys of all signatures ever made under that name, the newest last. */
  abstract readonly vkeys: readonly string[];
  /** The newest, which admits writers. */
  abstract readonly current: LogKey;
  /** The one that signs trees of that size. */
  abstract forSize(size: number): LogKey;
  /** Another process may have replaced the key. */
  abstract refresh(): Promise<void>;
  /** An entry of the log announced a new key, which was prepared before. @param index of that entry */
  abstract announced(vkey: string, index: number): Promise<void>;
  /** Nobody replaces the key while `work` is going on. */
  abstract steadily<T>(work: () => Promise<T>): Promise<T>;
}
