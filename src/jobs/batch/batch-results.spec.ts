import { GatewayError } from '../../contract/errors';
import type { Json } from '../../contract/json';
import type { Assembly, Batches, BatchInput } from '../../features/batches';
import type { Files, StoredFile, Upload } from '../../features/files';
import type { JobFacts, JobReader } from '../../features/jobs';
import { answered, refused, type ResultLine, stepOf } from './batch-line';
import { BatchResults } from './batch-results';

const INPUT: BatchInput = { fileId: 'input', endpoint: '/v1/chat/completions' };
const LIMITS = { lines: 999, lineBytes: 1_000, jsonDepth: 20, jsonNodes: 200, answerBytes: 1_000, parallel: 2 };
const inputLine = (n: number) =>
  JSON.stringify({
    custom_id: `c${n}`,
    method: 'POST',
    url: INPUT.endpoint,
    body: { model: 'fast', messages: [{ role: 'user', content: 'Hello' }] },
  });
const good = (n: number) => answered('j', n, `c${n}`, { n });
const bad = (n: number) => refused('j', n, `c${n}`, new GatewayError('model_not_found', 'no'));

/** A batch of so many lines, of which these are done. */
function site(total: number, done: readonly [number, ResultLine][], input?: string) {
  const steps = new Map(done.map(([n, line]) => [stepOf(n), { ...line } as Json]));
  const kept = new Map<string, { text: string; name?: string }>([['former', { text: '' }]]);
  const settled: object[] = [];
  let [made, isOvertaken, closed] = [0, false, 0];
  const files = {
    find: () => Promise.resolve(input === undefined ? undefined : ({ id: 'input', tenantId: 't' } as StoredFile)),
    content: async function* () {
      yield Buffer.from(input ?? '');
    },
    receive: async (owner: Upload['owner'], chunks: AsyncIterable<Uint8Array>) => {
      const id = `f${++made}`;
      let text = '';
      for await (const chunk of chunks) text += Buffer.from(chunk).toString();
      kept.set(id, { text });
      return { id, owner, bytes: text.length, pieces: 1 };
    },
    finish: ({ id }: Upload, { name }: { name: string }) =>
      Promise.resolve(void kept.set(id, { text: kept.get(id)?.text ?? '', name })),
    abandon: ({ id }: Upload) => Promise.resolve(void kept.delete(id)),
    remove: (_tenant: string, id: string) => Promise.resolve(kept.delete(id)),
  } as unknown as Files;
  const assembly: Assembly = { jobId: 'j', tenantId: 't', epoch: 1, former: { output: 'former' }, total };
  const batches = {
    assemble: () => Promise.resolve(assembly),
    settle: (_assembly: Assembly, of: object, counts: object) =>
      isOvertaken ? Promise.reject(new GatewayError('conflict', 'no')) : Promise.resolve(settled.push({ of, counts })),
    closed: () => Promise.resolve(void closed++),
  } as unknown as Batches;
  const reader = {
    find: () => Promise.resolve({ keyId: 'k' } as JobFacts),
    personsOf: () => Promise.resolve([]),
    steps: (_job: object, keys: readonly string[]) =>
      Promise.resolve(new Map(keys.flatMap((key) => (steps.has(key) ? [[key, steps.get(key)]] : [])) as never)),
  } as unknown as JobReader;
  const results = new BatchResults(files, batches, reader, LIMITS);
  const stop = new AbortController();
  return {
    kept,
    settled,
    stop,
    overtake: () => (isOvertaken = true),
    closed: () => closed,
    write: (why?: 'cancelled' | 'failed') =>
      results.write({ jobId: 'j', tenantId: 't', signal: stop.signal }, INPUT, why),
    linesOf: (id: string) =>
      (kept.get(id)?.text ?? '')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as ResultLine),
  };
}

describe('the files of a batch', () => {
  it('have answers and errors in the order of the input, and take the place of former ones', async () => {
    const done = Array.from({ length: 120 }, (_, i): [number, ResultLine] => [
      i + 1,
      i % 40 ? good(i + 1) : bad(i + 1),
    ]);
    const { write, linesOf, kept, settled, closed } = site(120, done);
    const counts = { total: 120, completed: 117, failed: 3 };
    expect(await write()).toEqual({ files: { output: 'f1', errors: 'f2' }, counts });
    expect(linesOf('f1').map(({ custom_id }) => custom_id)).toEqual(
      done.filter(([n]) => (n - 1) % 40).map(([n]) => `c${n}`),
    );
    expect(linesOf('f2').map(({ custom_id }) => custom_id)).toEqual(['c1', 'c41', 'c81']);
    expect([...kept.values()].map(({ name }) => name)).toEqual(['batch_j_output.jsonl', 'batch_j_error.jsonl']);
    expect(settled).toEqual([{ of: { output: 'f1', errors: 'f2' }, counts }]);
    expect(closed()).toBe(1);
  });

  it('are none where there is nothing to tell', async () => {
    expect((await site(1, [[1, good(1)]]).write()).files).toEqual({ output: 'f1' });
    expect((await site(1, [[1, bad(1)]]).write()).files).toEqual({ errors: 'f1' });
    expect((await site(0, []).write('cancelled')).files).toEqual({});
  });

  it('name the lines that were never done, as long as the input is there', async () => {
    const input = [inputLine(1), '', inputLine(2), inputLine(3)].join('\n');
    const { write, linesOf } = site(3, [[2, good(2)]], input);
    expect(await write('cancelled')).toMatchObject({ counts: { total: 3, completed: 1, failed: 0 } });
    expect(linesOf('f2')).toMatchObject([
      { custom_id: 'c1', response: null, error: { code: 'batch_cancelled' } },
      { custom_id: 'c3', response: null, error: { code: 'batch_cancelled' } },
    ]);
    expect((await site(3, [[2, good(2)]]).write('failed')).files).toEqual({ output: 'f1' });
  });

  it('leave a batch that was worked off no line short', async () => {
    const { write, kept } = site(2, [[1, good(1)]]);
    await expect(write()).rejects.toThrow('was not done');
    expect([...kept.keys()]).toEqual([]);
  });

  it('are given up by whoever was overtaken or must stop', async () => {
    const overtaken = site(1, [[1, good(1)]]);
    overtaken.overtake();
    await expect(overtaken.write()).rejects.toMatchObject({ code: 'conflict' });
    const stopped = site(1, [[1, good(1)]]);
    stopped.stop.abort(new GatewayError('client_closed', 'The job is handed back'));
    await expect(stopped.write()).rejects.toThrow('handed back');
    for (const { kept, closed } of [overtaken, stopped]) expect([kept.size, closed()]).toEqual([0, 0]);
  });
});
