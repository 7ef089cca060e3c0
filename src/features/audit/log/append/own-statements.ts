/** Some seconds of a busy writer. What falls out is verified like another's; where another process leads, nobody takes them. */
const KEPT = 2_000;

/**
 * What this process has signed and no checkpoint has looked at yet. Whoever checks the log may compare with it instead of
 * verifying the signature, which costs three times as much as making it.
 */
export class OwnStatements {
  private readonly signatures = new Map<string, Buffer>();

  constructor(private readonly kept = KEPT) {}

  add(statement: string, signature: Buffer): void {
    this.signatures.set(statement, signature);
    if (this.signatures.size <= this.kept) return;
    const [oldest] = this.signatures.keys();
    if (oldest !== undefined) this.signatures.delete(oldest);
  }

  /** Whether exactly this was signed here with exactly that signature. It is answered once. */
  take(statement: string, signature: Buffer): boolean {
    const own = this.signatures.get(statement);
    if (!own) return false;
    this.signatures.delete(statement);
    return own.equals(signature);
  }
}
