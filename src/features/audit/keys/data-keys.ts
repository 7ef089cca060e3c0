/** A data key in use. */
export interface DataKey {
  /** `dk_` and 22 characters. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** Keys of payloads: one for each tenant, subject and month. */
export abstract class DataKeys {
  /**
   * The key for new entries; made, and made durable, when there is none. Not a promise when it is in memory: the hot path.
   * @param tenant id of the tenant; absent for entries of the installation itself
   * @param subject a subject reference of `Subjects`; absent for entries about nobody in particular
   * @param at milliseconds since the epoch: decides the month (UTC)
   * @throws when it is not in memory and the key database or the key-encryption key cannot be reached
   */
  abstract current(tenant: string | undefined, subject: string | undefined, at: number): DataKey | Promise<DataKey>;

  /** The key of an existing entry; undefined when it was destroyed. */
  abstract find(id: string): Promise<DataKey | undefined>;
}

/** Random names for people, so that the log never holds who they are. */
export abstract class Subjects {
  /** The reference of a person of that tenant, made when there is none. Not a promise when it is in memory. */
  abstract reference(tenant: string, userId: string): string | Promise<string>;
  /** Without making one. */
  abstract find(tenant: string, userId: string): Promise<string | undefined>;
}
