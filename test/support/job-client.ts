import { until } from './ask';
import type { Gateway } from './gateway';

export type Body = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any

/** Hands in jobs, and waits for them. */
export class JobClient {
  constructor(private readonly gateway: Pick<Gateway, 'url' | 'rootKey'>) {}

  async call(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: Body }> {
    const response = await fetch(this.gateway.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.gateway.rootKey}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  /** @returns its id */
  async submit(type: string, input: object): Promise<string> {
    const { status, body } = await this.call('POST', '/v1/jobs', { type, input });
    if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body['job_id'] as string;
  }

  async shown(id: string): Promise<Body> {
    return (await this.call('GET', `/v1/jobs/${id}`)).body;
  }

  /** The job once it has ended, however it ended. */
  ended(id: string): Promise<Body> {
    return until(async () => {
      const job = await this.shown(id);
      return job['finished_at'] ? job : undefined;
    }, 45_000);
  }

  /** The result of a job that succeeded. */
  async done(type: string, input: object): Promise<Body> {
    const job = await this.ended(await this.submit(type, input));
    if (job['status'] !== 'succeeded') throw new Error(JSON.stringify(job['error']));
    return job['result'] as Body;
  }
}
