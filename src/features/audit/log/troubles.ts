/** Why nothing can be appended at the moment, as those who watch over the log find out. */
export class Troubles {
  private stopReason: string | undefined;
  private readonly found = new Map<string, string>();

  constructor(private readonly onStop: (reason: string) => void = () => undefined) {}

  /** The log contradicts what this process knows: nothing is appended again before an operator acted. */
  stop(reason: string): void {
    if (this.stopReason !== undefined) return;
    this.stopReason = reason;
    this.onStop(reason);
  }

  /** @param reason absent: all is well again, as far as `source` can tell */
  report(source: string, reason?: string): void {
    if (reason === undefined) this.found.delete(source);
    else this.found.set(source, reason);
  }

  get stopped(): string | undefined {
    return this.stopReason;
  }

  get reason(): string | undefined {
    return this.stopReason ?? this.found.values().next().value;
  }
}
