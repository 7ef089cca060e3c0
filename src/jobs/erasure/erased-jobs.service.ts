import { Injectable } from '@nestjs/common';
import type { KeptContent, KeptScope } from '../../features/audit';
import { Batches } from '../../features/batches';
import { JobErasure, JobSignals } from '../../features/jobs';
import { RemoteBatches } from '../../pipeline';
import { EventBus } from '../../platform/events/event-bus';
import { PersonMarks } from '../../platform/secrets/person-marks';

const PROVIDER_MS = 5_000;

/** Jobs of whom is erased: stopped wherever they are, and removed with all that they were asked and gave. */
@Injectable()
export class ErasedJobs implements KeptContent {
  readonly name = 'jobs';

  // prettier-ignore
  constructor(
    private readonly erasure: JobErasure, private readonly batches: Batches, private readonly remote: RemoteBatches,
    private readonly signals: JobSignals, private readonly events: EventBus, private readonly marks: PersonMarks,
  ) {}

  async purge({ tenantId, user, before }: KeptScope): Promise<number> {
    const person = user === undefined ? undefined : this.marks.of(tenantId, user);
    for (let removed = 0; ;) {
      const ids = await this.erasure.next(tenantId, person, before);
      if (!ids.length) return removed;
      await this.stopAtProviders(ids);
      const { stopped } = await this.erasure.remove(ids);
      for (const id of ids) this.signals.tell(id, true);
      for (const { type } of stopped) this.events.emit('job.finished', { type, status: 'cancelled' });
      removed += ids.length;
    }
  }

  async has({ tenantId, user }: KeptScope): Promise<boolean> {
    return user !== undefined && this.erasure.has(tenantId, this.marks.of(tenantId, user));
  }

  /** What a provider does not hear of now it does for nobody: nothing is read back of it. */
  private async stopAtProviders(ids: readonly string[]): Promise<void> {
    const states = await this.batches.find(ids);
    await Promise.allSettled(
      Array.from(states.values(), async ({ passage }) => {
        if (passage.way !== 'provider' || passage.collected || passage.id === undefined) return;
        await this.remote.of(passage.provider)?.cancel(passage.id, AbortSignal.timeout(PROVIDER_MS));
      }),
    );
  }
}
