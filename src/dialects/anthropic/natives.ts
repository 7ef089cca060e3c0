/** Paths of what only this dialect can say, gathered while a request is decoded. */
export interface Natives {
  /** May be left out elsewhere. */
  readonly hints: string[];
  /** Must be refused elsewhere. */
  readonly extras: string[];
}
