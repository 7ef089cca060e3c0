/** The end of a model, as its operator announced it. */
export interface Lifecycle {
  /** Milliseconds since the epoch. */
  readonly deprecatedAt: number | undefined;
  readonly retiresAt: number | undefined;
  /** An alias, or `provider/model`. */
  readonly replacement: string | undefined;
}

/** What a caller is told about a model that is at its end. */
export interface Deprecation extends Lifecycle {
  /** `provider/model`. */
  readonly model: string;
  /** `retired`: its replacement answered, or it was allowed to. */
  readonly status: 'deprecated' | 'retired';
  /** A sentence in plain letters. */
  readonly warning: string;
}
