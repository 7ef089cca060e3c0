import { GatewayError } from '../../contract/errors';
import type { Ask, JobContext } from '../../contract/job';
import type { Json } from '../../contract/json';
import type { BatchFault, BatchInput } from '../../features/batches';
import type { StoredFile } from '../../features/files';
import { BatchJob } from './batch-job';
import type { ResultLine } from './batch-line';
import type { Ways } from './which-way';

const INPUT: BatchInput = { fileId: 'f', endpoint: '/v1/chat/completions' };
const LIMITS = { lines: 10, lineBytes: 1_000, jsonDepth: 20, jsonNodes: 200, answerBytes: 400, parallel: 2 };
const line = (id: string) =>
  JSON.stringify({
    custom_id: id,
    method: 'POST',
    url: INPUT.endpoint,
    body: { model: 'fast', messages: [{ role: 'user', content: id }] },
  });
const NOBODY = {};
type Verbatim = Ask['verbatim'];

/** A job of these lines, whose calls are answered so. */
function site(lines: readonly string[], answer: (asked: string) => object) {
  const [steps, before] = [new Map<string, Json>(), new Map<string, Json>()];
  const told: { total: number; faults: readonly BatchFault[]; written: number } = { total: 0, faults: [], written: 0 };
  const job = new BatchJob(LIMITS, {
    files: {
      find: () => Promise.resolve({ id: 'f', purpose: 'batch' } as StoredFile),
      content: async function* () {
        yield Buffer.from(lines.join('\n'));
      },
    },
    batches: {
      begin: () => Promise.resolve(),
      start: (_id, total) => Promise.resolve(void (told.total = total)),
      count: () => Promise.resolve(),
      under: () => Promise.resolve({ passage: { way: 'here', why: 'not_asked' }, total: 0, inProgressAt: new Date() }),
      decide: () => Promise.reject(new Error('it was decided')),
      refuse: (_id, _tenant, faults) => Promise.resolve(void (told.faults = faults)),
    },
    reader: {
      steps: (_job, keys) =>
        Promise.resolve(new Map(keys.flatMap((key) => (before.has(key) ? [[key, before.get(key) as Json]] : [])))),
    },
    ways: { setting: 'asked', models: NOBODY, remote: NOBODY, limits: LIMITS } as unknown as Ways,
    remote: { run: () => Promise.reject(new Error('it stays here')) },
    results: {
      write: () => Promise.resolve({ files: {}, counts: { total: told.total, completed: ++told.written, failed: 0 } }),
    },
  });
  const asked: string[] = [];
  const verbatim = ((call) => {
    const text = String((call.body['messages'] as unknown as [{ content: string }])[0].content);
    asked.push(text);
    return Promise.resolve().then(() => ({ body: answer(text) }));
  }) as Verbatim;
  const ask = Object.assign(() => Promise.reject(new Error('not asked for')), { verbatim }) as unknown as Ask;
  const context = {
    jobId: 'j',
    tenantId: 't',
    signal: new AbortController().signal,
    parallel: 2,
    step: async (key: string, work: (ask: Ask) => Promise<Json>) => {
      const kept = steps.get(key) ?? (await work(ask));
      steps.set(key, kept);
      return kept;
    },
    progress: () => undefined,
  } as unknown as JobContext;
  const resultOf = (n: number) => steps.get(`line ${n}`) as (Json & ResultLine) | undefined;
  return { run: () => job.run(INPUT, context), told, asked, before, resultOf };
}

describe('a batch as a job', () => {
  it('makes each line a step, what it was refused with included', async () => {
    const { run, resultOf, told } = site(['a', 'b', 'c'].map(line), (asked) => {
      if (asked === 'b') throw new GatewayError('model_not_allowed', 'no');
      return asked === 'c' ? { text: 'x'.repeat(400) } : { text: asked };
    });
    expect(await run()).toMatchObject({ output_file_id: null, request_counts: { total: 3 } });
    expect(resultOf(1)).toMatchObject({ custom_id: 'a', response: { status_code: 200, body: { text: 'a' } } });
    expect(resultOf(2)).toMatchObject({
      response: { status_code: 403, body: { error: { code: 'model_not_allowed' } } },
    });
    expect(resultOf(3)).toMatchObject({ response: { status_code: 413, request_id: 'job:j:3' } });
    expect(told.written).toBe(1);
  });

  it('does no line again that was done', async () => {
    const { run, before, asked } = site(['a', 'b'].map(line), (text) => ({ text }));
    before.set('line 1', { custom_id: 'a', response: null });
    await run();
    expect(asked).toEqual(['b']);
  });

  it.each(['storage_unavailable', 'audit_unavailable', 'unauthenticated', 'rate_limited'] as const)(
    'stops when it is %s: that says nothing of the line',
    async (code) => {
      const { run, resultOf, told } = site(['a', 'b'].map(line), (asked) => {
        if (asked === 'a') throw new GatewayError(code, 'not now');
        return {};
      });
      await expect(run()).rejects.toMatchObject({ code });
      expect(resultOf(1)).toBeUndefined();
      expect(told.written).toBe(0);
    },
  );

  it('begins no line of an input that makes no sense', async () => {
    const { run, told, asked } = site([line('a'), '{'], () => ({}));
    await expect(run()).rejects.toMatchObject({ code: 'invalid_request', facts: { param: 'input_file_id' } });
    expect(told.faults).toMatchObject([{ line: 2, code: 'invalid_json_line' }]);
    expect(asked).toEqual([]);
  });
});
