import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import { PersonMarks } from '../../platform/secrets/person-marks';
import { SealedBox } from '../../platform/secrets/sealed-box';
import { Answers } from './answers.store';
import type { Claim } from './claim';
import { Flights, type Found, type Landing } from './flights';
import { Leases } from './leases';
import { claimOf, nameOf, type NamedCall } from './named-call';
import type { Patience } from './patience';
import { cannotKnow, otherBody } from './refusals';

const SEAL = 'idempotent-answer';
const SWEEP_MS = 60_000;
const SWEPT_AT_ONCE = 200;
const BATCHES = 50;

/** An answer that was given before. */
export interface GivenAnswer {
  readonly requestId: string;
  readonly receivedAt: number;
  readonly packed: Buffer;
}

export type Turn =
  | { readonly kind: 'answered'; readonly answer: GivenAnswer; readonly waited: boolean }
  /** Nobody else answers now. One of the two is called, once; neither throws. */
  | {
      readonly kind: 'held';
      /** Makes the answer durable, if that is possible. */
      readonly keep: (packed: Buffer) => Promise<void>;
      readonly release: () => Promise<void>;
    };

/** Sees to it that a call is answered once however often it is made, by whichever process, also when one of them dies. */
@Injectable()
export class IdempotentAnswers implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('IdempotentAnswers');
  private readonly flights = new Flights<GivenAnswer>();
  private readonly leases: Leases;
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    { idempotency: { leaseMs }, inForce }: Config,
    private readonly answers: Answers,
    private readonly hash: KeyedHash,
    private readonly persons: PersonMarks,
    private readonly box: SealedBox,
  ) {
    this.leases = new Leases({
      leaseMs,
      longestMs: () => inForce.longestCallMs + leaseMs,
      renew: (claims) => answers.renew(claims),
    });
  }

  onModuleInit(): void {
    this.sweeping = setInterval(() => void this.sweep().catch(() => undefined), SWEEP_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeping);
    this.leases.stop();
    await this.answers.close();
  }

  /**
   * The answer when there is one, also one that is being given now; otherwise the right to answer.
   * @throws GatewayError `idempotency_conflict`; `storage_unavailable` when that cannot be known
   */
  async enter(call: NamedCall, patience: Patience): Promise<Turn> {
    const claim = claimOf(this.hash, this.persons, call);
    const entered = await this.flights.enter(nameOf(claim), () => this.ask(claim), patience);
    return entered.kind === 'held' ? this.hold(claim, entered.land) : entered;
  }

  /**
   * Removes what is kept of a person, or of everybody of the tenant; an answer that is on its way is not kept.
   * @param before only of calls that came by then
   * @returns how many there were @throws when some may be left
   */
  async purge(tenantId: string, user: string | undefined, before: Date | undefined): Promise<number> {
    const person = user === undefined ? undefined : this.persons.of(tenantId, user);
    for (let purged = 0; ;) {
      const more = await this.answers.purge(tenantId, person, before, SWEPT_AT_ONCE);
      purged += more;
      if (more < SWEPT_AT_ONCE) return purged;
    }
  }

  /** Whether anything is kept of a person. */
  has(tenantId: string, user: string): Promise<boolean> {
    return this.answers.has(tenantId, this.persons.of(tenantId, user));
  }

  private async ask(claim: Claim): Promise<Found<GivenAnswer>> {
    const claimed = await this.answers.claim(claim).catch((error: unknown) => {
      this.log.warn({ request_id: claim.requestId, reason: reasonOf(error) }, 'a key could not be claimed');
      throw cannotKnow(error);
    });
    if (claimed.kind === 'conflict') throw otherBody();
    if (claimed.kind !== 'answered') return claimed;
    const { requestId, receivedAt, sealed } = claimed;
    const packed = this.box.open(SEAL, claim.tenantId, nameOf(claim), sealed);
    return { kind: 'answered', answer: { requestId, receivedAt, packed } };
  }

  private hold(claim: Claim, land: (landing: Landing<GivenAnswer>) => void): Turn {
    this.leases.hold(claim, () => land({ kind: 'released' }));
    const { requestId, receivedAt } = claim;
    return {
      kind: 'held',
      keep: async (packed) => {
        const mine = await this.keep(claim, packed);
        this.leases.drop(claim);
        land(mine ? { kind: 'answered', answer: { requestId, receivedAt, packed } } : { kind: 'released' });
      },
      release: async () => {
        this.leases.drop(claim);
        await this.answers.release(claim).catch(() => undefined);
        land({ kind: 'released' });
      },
    };
  }

  /** False when another process has taken the call over: what that one answers is what others must get, too. */
  private async keep(claim: Claim, packed: Buffer): Promise<boolean> {
    const { tenantId, requestId } = claim;
    try {
      if (await this.answers.keep(claim, this.box.seal(SEAL, tenantId, nameOf(claim), packed))) return true;
      this.log.warn({ request_id: requestId }, 'an answer was not kept: its lease had run out, or it was erased');
      return false;
    } catch (error) {
      this.log.warn({ request_id: requestId, reason: reasonOf(error) }, 'an answer could not be kept');
      return true;
    }
  }

  private async sweep(): Promise<void> {
    for (let i = 0; i < BATCHES; i++) if ((await this.answers.sweep(SWEPT_AT_ONCE)) < SWEPT_AT_ONCE) return;
  }
}

/** What a database says about a row may hold the row. */
function reasonOf(error: unknown): unknown {
  return (error as { code?: unknown }).code ?? (error as Error).name;
}
