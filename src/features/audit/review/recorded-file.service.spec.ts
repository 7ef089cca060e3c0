import { createHash } from 'node:crypto';
import { jest } from '@jest/globals';
import type { Caller } from '../../../contract/caller';
import type { Deed, Evidence } from './evidence.service';
import type { ExportsStore } from './exports.store';
import { RecordedFiles } from './recorded-file.service';

const caller = { keyId: 'k', tenantId: 't' } as Caller;
const facts = { format: 'ndjson', tenant: 't', metadata: {} };

describe('a file that leaves', () => {
  let said: Deed['metadata'][];
  let refuse: number;
  const evidence = {
    record: async (_: Caller, __: string, { metadata }: Deed) => {
      if (said.length === refuse) throw new Error('no entry can be made');
      said.push(metadata);
      return { log: 'l', entryId: `e${said.length}` };
    },
  } as unknown as Evidence;
  const nothing = async () => undefined;
  const store = { begin: nothing, progress: nothing, end: nothing } as unknown as ExportsStore;
  const files = new RecordedFiles(evidence, store);
  async function* three(tally: { entries: number }) {
    for (const text of ['one', 'two', 'three']) {
      tally.entries++;
      yield Buffer.from(text);
    }
  }

  beforeEach(() => {
    said = [];
    refuse = -1;
  });
  afterEach(() => jest.useRealTimers());

  it('is on record before its first byte, and with its hash before its last', async () => {
    const { chunks, id } = await files.open(caller, facts, three);
    expect(said).toEqual([{ export: id, format: 'ndjson' }]);
    const got: string[] = [];
    for await (const chunk of chunks) got.push(`${chunk.toString()} after ${said.length}`);
    expect(got).toEqual(['one after 1', 'two after 1', 'three after 2']);
    const sha256 = createHash('sha256').update('onetwothree').digest('hex');
    expect(said[1]).toEqual({ export: id, format: 'ndjson', entries: 3, bytes: 11, sha256 });
  });

  it('never begins when it cannot be recorded, and never ends', async () => {
    refuse = 0;
    await expect(files.open(caller, facts, three)).rejects.toThrow('no entry');
    refuse = 1;
    const { chunks } = await files.open(caller, facts, three);
    const got: string[] = [];
    await expect(
      (async () => {
        for await (const chunk of chunks) got.push(chunk.toString());
      })(),
    ).rejects.toThrow('no entry');
    expect(got).toEqual(['one', 'two']);
  });

  it('is on record too when nobody took all of it', async () => {
    const { chunks, id } = await files.open(caller, facts, three);
    for await (const _ of chunks) break;
    expect(said[1]).toMatchObject({ export: id, error: 'client_closed' });
  });

  it('does not come in any number at a time, nor more than twice for a tenant, asked for at once or not', async () => {
    const of = (tenantId: string) => files.open({ ...caller, tenantId }, facts, three);
    const spend = jest.fn(nothing);
    const asked = await Promise.allSettled([of('t'), of('t'), of('t')]);
    expect(asked[2]).toMatchObject({ status: 'rejected', reason: { code: 'overloaded' } });
    const opened = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    opened.push(await of('u'), await of('v'));
    await expect(files.open({ ...caller, tenantId: 'w' }, { ...facts, spend }, three)).rejects.toMatchObject({
      code: 'overloaded',
    });
    expect(spend).not.toHaveBeenCalled();
    // one that was begun and three that nobody ever read
    const readers = opened.map(({ chunks }) => chunks[Symbol.asyncIterator]());
    await readers[0]?.next();
    await Promise.all(readers.map(async (reader) => reader.return?.()));
    expect(said.filter(({ error }) => error === 'client_closed')).toHaveLength(4);
    for (const tenant of ['t', 'u', 'v', 'w']) for await (const _ of (await of(tenant)).chunks);
  });

  it('ends when its reader stands still, and others have its place', async () => {
    jest.useFakeTimers();
    const { chunks, stalled, id } = await files.open(caller, facts, three);
    await chunks[Symbol.asyncIterator]().next();
    await jest.advanceTimersByTimeAsync(29_999);
    expect(stalled.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(stalled.aborted).toBe(true);
    expect(said[1]).toMatchObject({ export: id, error: 'reader_stalled' });
    for await (const _ of (await files.open(caller, facts, three)).chunks);
  });
});
