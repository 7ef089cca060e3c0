import type { Colour } from '../../contract/colour';
import type { Deploy, DeployStates, StepRecord } from './deploy-state';

const DEADLINE_MS = 10_000;

/** The gateways that run are of a release that knows nothing of deploys. */
export class NotOffered extends Error {}

/** What happens is on the gateway's audit log before it does. */
export class StepLog {
  /** @param key of the root tenant, with the role operator or admin; @param urlOf where a colour answers calls */
  constructor(
    private readonly states: DeployStates,
    private readonly key: string,
    private readonly urlOf: (colour: Colour) => string,
  ) {}

  /**
   * Settles once a gateway has made the record durable, and with it all that waited.
   * @throws when neither colour does; NotOffered when the one that has the callers could not
   */
  async record(record: StepRecord): Promise<void> {
    await this.deliver([...this.states.read().unrecorded, record]);
    if (this.states.read().unrecorded.length) this.states.change({ unrecorded: [] });
  }

  /** Keeps the record until there is a gateway that takes it. */
  later(record: StepRecord): void {
    this.states.change({ unrecorded: [...this.states.read().unrecorded, record] });
  }

  /** For what must be possible in any case. @returns why it has to be kept, where it has */
  async recordOrKeep(record: StepRecord): Promise<string | undefined> {
    try {
      await this.record(record);
      return undefined;
    } catch (error) {
      this.later(record);
      return (error as Error).message;
    }
  }

  private async deliver(records: readonly StepRecord[]): Promise<void> {
    const { from, to } = records.at(-1) as StepRecord;
    let why: Error | undefined;
    // the one that has the callers first
    for (const colour of from ? [from, to] : [to])
      try {
        for (const record of records) await this.post(this.urlOf(colour), record);
        return;
      } catch (error) {
        why ??= error as Error;
      }
    if (why instanceof NotOffered) throw why;
    throw new Error(`The step cannot be recorded: ${why?.message}`);
  }

  private async post(url: string, { deploy, ...step }: StepRecord): Promise<void> {
    const response = await fetch(`${url}/v1/deploys/${deploy}/steps`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(step),
      signal: AbortSignal.timeout(DEADLINE_MS),
    }).catch(() => {
      throw new Error(`${url} does not answer`);
    });
    await response.arrayBuffer();
    if (response.status === 404) throw new NotOffered(`${url} is of a release that cannot record deploys`);
    if (!response.ok) throw new Error(`${url} answered ${response.status} to a step of the deploy`);
  }
}

/** @param says why, or what was found */
export function recordOf(
  { id, to, from, release }: Pick<Deploy, 'id' | 'to' | 'from' | 'release'>,
  step: string,
  { share, says }: { readonly share?: number | undefined; readonly says?: string } = {},
): StepRecord {
  return { deploy: id, step, to, from, release: release.label, share, says, at: new Date().toISOString() };
}
