import type { DeployStates, StepRecord } from './deploy-state';

const DEADLINE_MS = 5_000;

/** What happens is on the gateway's audit log before it does. */
export class StepLog {
  /** @param key of the root tenant, with the role operator or admin */
  constructor(
    private readonly states: DeployStates,
    private readonly key: string,
  ) {}

  /**
   * Settles once a gateway has made the record durable, and with it all that waited.
   * @param urls of gateways; the first one that answers is enough
   * @throws when none does
   */
  async record(record: StepRecord, urls: readonly string[]): Promise<void> {
    await this.deliver([...this.states.read().unrecorded, record], urls);
    if (this.states.read().unrecorded.length) this.states.change({ unrecorded: [] });
  }

  /** Keeps the record until there is a gateway that takes it. */
  later(record: StepRecord): void {
    this.states.change({ unrecorded: [...this.states.read().unrecorded, record] });
  }

  private async deliver(records: readonly StepRecord[], urls: readonly string[]): Promise<void> {
    let why = 'no gateway runs';
    for (const url of urls)
      try {
        for (const record of records) await this.post(url, record);
        return;
      } catch (error) {
        why = (error as Error).message;
      }
    throw new Error(`The step cannot be recorded: ${why}`);
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
    if (!response.ok) throw new Error(`${url} answered ${response.status} to a step of the deploy`);
  }
}
