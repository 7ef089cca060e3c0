import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Call, CushionedCall, Handler } from '../contract/call';
import { GatewayError } from '../contract/errors';
import { uuidv7 } from '../contract/ids';
import { Leases } from '../features/answers';

/** Characters of a caller's id that its new call is named after: with `.refresh` it can still be asked for. */
const MAX_OWN_ID = 120;

/** Calls in the background at a time; above it answers stay as they are, and the next call tries again. */
const AT_ONCE = 32;

/** Asks anew for answers that grew old, while callers are given the old ones: the call as it was, through all stages, on its own account. */
@Injectable()
export class Revalidation implements OnApplicationShutdown {
  private readonly running = new Set<string>();
  private readonly stop = new AbortController();
  private run: Handler<Call> | undefined;

  constructor(private readonly leases: Leases) {}

  /** @param run the whole pipeline */
  through(run: Handler<Call>): void {
    this.run = run;
  }

  /** Does nothing when somebody is at it already. */
  begin(call: CushionedCall, key: string): void {
    const { run } = this;
    const name = `${call.caller.tenantId}/${key}`;
    if (!run || this.running.has(name) || this.running.size >= AT_ONCE) return;
    this.running.add(name);
    // that it failed is on its own record; the old answer is there until it is too old
    void this.renew(call, key, run)
      .catch(() => undefined)
      .finally(() => this.running.delete(name));
  }

  onApplicationShutdown(): void {
    this.stop.abort(new GatewayError('client_closed', 'The gateway is stopping'));
  }

  private async renew({ original }: CushionedCall, key: string, run: Handler<Call>): Promise<void> {
    const lease = await this.leases.take(key);
    if (!lease) return;
    try {
      const { pieces } = await run(again(original, this.stop.signal));
      for await (const _ of pieces);
    } finally {
      await lease.release();
    }
  }
}

function again({ requestId, caller, request, wire, user, session, tags, validation }: Call, signal: AbortSignal): Call {
  return {
    id: uuidv7(),
    requestId: `${requestId.slice(0, MAX_OWN_ID)}.refresh`,
    caller,
    request,
    wire,
    ...(user !== undefined && { user }),
    ...(session !== undefined && { session }),
    ...(tags && { tags }),
    ...(validation && { validation }),
    cacheIntent: 'refresh',
    revalidates: true,
    signal,
    receivedAt: Date.now(),
    startedAt: performance.now(),
  };
}
