import { GatewayError } from './errors';
import { partly, triedStep } from './part-failure';

describe('a part of a job', () => {
  const { signal } = new AbortController();

  it('gives what it makes', async () => {
    await expect(partly(signal, async () => 'done')).resolves.toEqual({ value: 'done' });
  });

  it('says why it failed, where the others need not', async () => {
    const error = new GatewayError('provider_failed', 'no', { details: { reason: 'nonconforming_answer' } });
    await expect(partly(signal, () => Promise.reject(error))).resolves.toEqual({
      failure: { code: 'provider_failed', message: 'no', reason: 'nonconforming_answer' },
    });
    await expect(partly(signal, () => Promise.reject(new GatewayError('prompt_rejected', 'x')))).resolves.toEqual({
      failure: { code: 'prompt_rejected', message: 'x' },
    });
  });

  it('is tried again where that may help, each time as another step', async () => {
    const keys: string[] = [];
    const work = (fails: number, code: 'provider_failed' | 'prompt_rejected') => async (tried: number) => {
      keys.push(triedStep('map:7', tried));
      if (tried < fails) throw new GatewayError(code, 'away');
      return tried;
    };
    await expect(partly(signal, work(2, 'provider_failed'), [1, 1])).resolves.toEqual({ value: 2 });
    expect(keys.splice(0)).toEqual(['map:7', 'map:7~1', 'map:7~2']);
    await expect(partly(signal, work(3, 'provider_failed'), [1, 1])).resolves.toMatchObject({
      failure: { code: 'provider_failed' },
    });
    expect(keys.splice(0)).toHaveLength(3);
    await partly(signal, work(3, 'prompt_rejected'), [1, 1]);
    expect(keys).toEqual(['map:7']);
  });

  it('waits for no other try once the job is stopped', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const failing = partly(
      controller.signal,
      () => Promise.reject(new GatewayError('provider_failed', 'away')),
      [1_000_000],
    );
    await new Promise((turn) => setImmediate(turn));
    controller.abort(reason);
    await expect(failing).rejects.toBe(reason);
  });

  it.each(['budget_exhausted', 'storage_unavailable', 'rate_limited', 'model_not_found', 'internal'] as const)(
    'ends the job on %s',
    async (code) => {
      const error = new GatewayError(code, 'x');
      await expect(partly(signal, () => Promise.reject(error))).rejects.toBe(error);
    },
  );

  it('ends with what the job was stopped for', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    controller.abort(reason);
    const failing = () => Promise.reject(new GatewayError('provider_failed', 'cut'));
    await expect(partly(controller.signal, failing)).rejects.toBe(reason);
  });
});
