import { GatewayError } from '../../../contract/errors';
import type { FlagSettings } from '../../../features/flags';
import { type Remedies, Remedy, type RemedyOrder, type RemedyOutcome } from '../../../features/incidents';

/** A feature flag is what it was before its last change by people, or its default for everybody. */
export class RollBackFlag extends Remedy {
  override readonly action = 'roll_back_flag';

  constructor(
    private readonly flags: Pick<FlagSettings, 'find' | 'rollBack' | 'restore' | 'kill' | 'revive'>,
    private readonly remedies: Pick<Remedies, 'undoInForce'>,
  ) {
    super();
  }

  override apply(order: RemedyOrder): Promise<RemedyOutcome> {
    const { target, incidentId, settings } = order;
    return unlessRefused(async () => {
      if (settings['to'] === 'killed') {
        if ((await this.flags.find(target)).state.killed) return { done: false, reason: 'already' };
        await this.flags.kill(target, incidentId);
        return { done: true };
      }
      const other = await this.remedies.undoInForce(order);
      const versions = await this.flags.rollBack(target, incidentId, other && Number(other['to']));
      if (versions === 'already') return { done: false, reason: versions };
      return versions ? { done: true, undo: versions } : { done: false, reason: 'never_changed' };
    });
  }

  override revert({ target, incidentId, settings, undo }: RemedyOrder): Promise<RemedyOutcome> {
    return unlessRefused(async () => {
      if (settings['to'] === 'killed') await this.flags.revive(target, incidentId);
      else await this.flags.restore(target, Number(undo?.['from']), Number(undo?.['to']), incidentId);
      return { done: true };
    });
  }
}

/** Somebody changed or removed it meanwhile: it is theirs. */
async function unlessRefused(work: () => Promise<RemedyOutcome>): Promise<RemedyOutcome> {
  try {
    return await work();
  } catch (error) {
    const { code } = GatewayError.from(error);
    if (code === 'conflict' || code === 'not_found') return { done: false, reason: code };
    throw error;
  }
}
