import { AuditLog, type Draft, type Receipt } from '../../audit-log';
import { encodeBase64 } from '../../format/base64';
import { certificateText } from '../../format/writer-certificate';
import type { DataKeys } from '../../keys/data-keys';
import type { LogSigner } from '../signing/log-signer';
import { Appender, type AppenderParts } from './appender';
import { EntryMaker } from './entry-maker';
import { Lane } from './lane';
import { OwnStatements } from './own-statements';
import { newWriter, type WriterIdentity } from './writer-identity';

export interface LogWriterParts extends Omit<AppenderParts, 'maker' | 'lane'> {
  readonly identity?: WriterIdentity;
  readonly signer: LogSigner;
  readonly keys: DataKeys;
  /** How many entries the log is known to hold. */
  readonly floor: () => number;
  /** 0: none. */
  readonly heartbeatMs: number;
}

/** One process's place in the log, from its first entry to its last. */
export class LogWriter extends AuditLog {
  readonly writer: WriterIdentity;
  readonly appender: Appender;
  /** What it signed, for whoever checks the log in this process. */
  readonly statements = new OwnStatements();
  private readonly signer: LogSigner;
  private readonly heartbeatMs: number;
  private heartbeat: NodeJS.Timeout | undefined;
  private isOpen = false;

  constructor({ identity = newWriter(), signer, keys, floor, heartbeatMs, ...parts }: LogWriterParts) {
    super();
    this.writer = identity;
    this.signer = signer;
    this.heartbeatMs = heartbeatMs;
    this.appender = new Appender({
      ...parts,
      maker: new EntryMaker(signer.origin, this.writer.id, keys),
      lane: new Lane(signer.origin, this.writer, floor, this.statements),
    });
  }

  /**
   * Tells the log who writes: nothing can be appended before.
   * @param first what stands right behind that
   * @throws GatewayError `audit_unavailable`
   */
  async open(...first: readonly Draft[]): Promise<readonly Receipt[]> {
    const { publicKey } = this.writer;
    const receipts = await this.signer.steadily(() => {
      const certificate = this.signer.current.sign(certificateText(this.signer.origin, publicKey));
      const metadata = {
        writer_key: encodeBase64(publicKey),
        certificate: encodeBase64(certificate),
        ...(this.heartbeatMs > 0 && { heartbeat_seconds: Math.ceil(this.heartbeatMs / 1_000) }),
      };
      return this.appender.write([{ facts: { event: 'writer.open', metadata } }, ...first]);
    });
    this.isOpen = true;
    if (this.heartbeatMs > 0) this.heartbeat = setInterval(() => this.beat(), this.heartbeatMs).unref();
    return receipts;
  }

  override append(...drafts: readonly [Draft, ...Draft[]]): Promise<readonly Receipt[]> {
    return this.isOpen ? this.appender.append(...drafts) : Promise.reject(notOpen());
  }

  /** As `append`, also while calls are refused: entries of the log about itself. */
  write(...drafts: readonly [Draft, ...Draft[]]): Promise<readonly Receipt[]> {
    return this.isOpen ? this.appender.write(drafts) : Promise.reject(notOpen());
  }

  override enqueue(draft: Draft): void {
    if (!this.isOpen) throw notOpen();
    this.appender.enqueue(draft);
  }

  override trouble(): string | undefined {
    return this.isOpen ? this.appender.trouble() : 'the log is not open';
  }

  /** Writes what is in line, then the last entry of this writer. What takes longer than `deadlineMs` is given up. */
  async close(deadlineMs: number): Promise<void> {
    clearInterval(this.heartbeat);
    const until = performance.now() + deadlineMs;
    if (this.isOpen && (await this.appender.drain(deadlineMs))) {
      this.isOpen = false;
      const metadata = { last_lane: this.appender.nextLane };
      const closing = this.appender.write([{ facts: { event: 'writer.close', metadata } }]);
      closing.catch(() => undefined); // whoever looks after writers that never closed will notice
      await this.appender.drain(Math.max(0, until - performance.now()));
    }
    this.isOpen = false;
    this.appender.close();
  }

  private beat(): void {
    const metadata = { lane: this.appender.nextLane };
    this.appender.write([{ facts: { event: 'writer.heartbeat', metadata } }]).catch(() => undefined);
  }
}

const notOpen = (): Error => new Error('the log is not open');
