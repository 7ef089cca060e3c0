import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../../contract/errors';
import { LogSigner } from '../log/signing/log-signer';
import { CheckpointsStore } from './checkpoints.store';

/** Where the log stands, in its own hand. */
@Injectable()
export class Heads {
  constructor(
    private readonly checkpoints: CheckpointsStore,
    private readonly signer: LogSigner,
  ) {}

  /** The newest checkpoint. @throws GatewayError `audit_unavailable` while there is none */
  async checkpoint(): Promise<string> {
    const latest = await this.checkpoints.latest();
    if (!latest) throw new GatewayError('audit_unavailable', 'The log has no checkpoint yet', { retryAfter: 1 });
    return latest.note;
  }

  /** What its signatures are checked with, the newest first. */
  vkeys(): readonly string[] {
    return this.signer.vkeys.toReversed();
  }
}
