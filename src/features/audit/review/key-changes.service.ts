import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { rotationFacts } from '../format/key-rotation';
import { KeyRotation } from '../keys/key-rotation';
import type { RotationProgress } from '../keys/rotations.store';
import { StoredLogSigner } from '../log/signing/stored-log-signer';
import { Evidence } from './evidence.service';
import { Persons } from './persons.service';
import { requireRoot, tenantAsked } from './whose';

export interface KeyChange {
  /** `subject`: the keys that new entries about people are encrypted with. */
  readonly level: 'kek' | 'tenant' | 'subject';
  readonly tenant?: string | undefined;
  readonly user?: string | undefined;
}

const PATIENCE_MS = 10_000;

/** Renewing the keys of the log. Every change is in the log, made by the rotation itself. */
@Injectable()
export class KeyChanges {
  private readonly log = new Logger('KeyRotation');

  constructor(
    private readonly rotation: KeyRotation,
    private readonly persons: Persons,
    private readonly signer: StoredLogSigner,
    private readonly evidence: Evidence,
  ) {}

  /** @returns how far it is after ten seconds at most; it goes on by itself */
  async rotate(caller: Caller, { level, tenant: asked, user }: KeyChange): Promise<RotationProgress> {
    const tenant = tenantAsked(caller, asked) ?? (user === undefined ? undefined : caller.tenantId);
    if (level === 'kek') requireRoot(caller, 'renew the wrapping of all keys');
    if (user !== undefined && level !== 'subject')
      throw new GatewayError('invalid_request', 'user: only keys of the level subject belong to people', {
        param: 'user',
      });
    const subject = user === undefined ? undefined : await this.persons.known(tenant, user);
    const work = this.rotation.rotate(level === 'subject' ? 'data' : level, {
      ...(tenant !== undefined && { tenant }),
      ...(subject !== undefined && { subject }),
    });
    work.catch((error: Error) => this.log.warn({ err: error }, 'a rotation of keys failed'));
    const done = await Promise.race([work, sleep(PATIENCE_MS, undefined, { ref: false })]);
    return done ?? ((await this.visible(caller))[0] as RotationProgress);
  }

  /**
   * Another key for the log itself. Both sign the entry from which on the new one signs checkpoints.
   * @returns its verifier key
   */
  async rotateSigning(caller: Caller): Promise<string> {
    requireRoot(caller, 'renew the key of the log');
    const after = await this.signer.successor();
    await this.signer.steadily(async () => {
      if (this.signer.vkeys.includes(after.vkey))
        throw new GatewayError('conflict', 'The key is being renewed already');
      const { origin, current } = this.signer;
      await this.evidence.record(caller, 'key.rotate', { metadata: rotationFacts(origin, current, after) });
    });
    return after.vkey;
  }

  /** The newest first. */
  async progress(caller: Caller): Promise<readonly RotationProgress[]> {
    const found = await this.visible(caller);
    await this.evidence.record(caller, 'audit.query', { metadata: { what: 'rotations', count: found.length } });
    return found;
  }

  private async visible(caller: Caller): Promise<readonly RotationProgress[]> {
    const all = await this.rotation.progress();
    return caller.root ? all : all.filter(({ tenant }) => tenant === caller.tenantId);
  }
}
