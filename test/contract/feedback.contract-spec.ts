import { DataSource } from 'typeorm';
import { uuidv7 } from '../../src/contract/ids';
import { type Feedback, FeedbackStore } from '../../src/features/feedback';
import { dataSourceOptions } from '../../src/platform/database/migrate';
import { testDatabase, type TestDatabase } from '../support/database';

const TENANT = uuidv7();
const DAY = '2026-05-04';
const CALLED = new Date(`${DAY}T10:00:00Z`);

describe('feedback in PostgreSQL', () => {
  let database: TestDatabase;
  let source: DataSource;
  let store: FeedbackStore;
  beforeAll(async () => {
    database = await testDatabase();
    source = await new DataSource(dataSourceOptions(database.url)).initialize();
    store = new FeedbackStore(source);
  });
  afterAll(async () => {
    await source?.destroy();
    await database?.drop();
  });
  beforeEach(() => source.query('truncate feedback'));

  const given = (over: Partial<Feedback> = {}): Feedback => ({
    tenantId: TENANT,
    callId: uuidv7(),
    entryId: uuidv7(),
    promptEntryId: undefined,
    requestId: 'r',
    calledAt: CALLED,
    keyId: 'k',
    provider: 'openai',
    model: 'small',
    alias: 'fast',
    userRef: '',
    sessionRef: '',
    tags: [],
    score: 0.5,
    hasComment: false,
    hasExpected: false,
    givenBy: TENANT,
    givenAt: new Date(),
    ...over,
  });
  const put = async (...all: Partial<Feedback>[]) => {
    for (const one of all) await store.put(given(one));
  };

  it('keeps the newest of a call, in whichever order they come', async () => {
    const callId = uuidv7();
    const [older, newer] = [uuidv7(), uuidv7()];
    await put({ callId, entryId: newer, score: 1 }, { callId, entryId: older, score: 0 });
    expect(await store.list({}, undefined, 10)).toMatchObject([{ entryId: newer, score: 1 }]);
  });

  it('tells how good a model was found between two moments, alone and behind an alias', async () => {
    await put({ score: 1 }, { score: 0.2 }, { score: 0, alias: 'best' }, { score: 0, model: 'big' });
    await put({ score: 0, calledAt: new Date('2026-05-05T00:00:00Z') });
    const [from, to] = [new Date(`${DAY}T00:00:00Z`), new Date('2026-05-05T00:00:00Z')];
    expect(await store.scoresOf('openai/small', { from, to })).toEqual({ count: 3, mean: 0.4 });
    expect(await store.scoresOf('openai/small', { from, to, alias: 'fast' })).toEqual({ count: 2, mean: 0.6 });
    expect(await store.scoresOf('local/none', { from, to })).toEqual({ count: 0, mean: undefined });
  });

  it('adds up for rows of usage: by any group, within a page, and for every tag', async () => {
    await put({ score: 1, tags: ['a', 'b'] }, { score: 0, tags: ['a'] }, { score: 0.5, model: 'big' });
    const asked = { from: DAY, to: '2026-05-05' };
    const grouped = async (question: object) =>
      [...(await store.grouped({ ...asked, groups: [], ...question }))].sort();
    expect(await grouped({ groups: ['tag'] })).toEqual([
      ['', { count: 1, mean: 0.5 }],
      ['a', { count: 2, mean: 0.5 }],
      ['b', { count: 1, mean: 1 }],
    ]);
    expect(
      await grouped({
        groups: ['day', 'model'],
        between: [
          [DAY, 'm'],
          [DAY, 'z'],
        ],
      }),
    ).toEqual([[`${DAY}\0small`, { count: 2, mean: 0.5 }]]);
    expect(await grouped({ tag: 'b', model: 'openai/small' })).toEqual([['', { count: 1, mean: 1 }]]);
    expect(await grouped({ tenant: uuidv7() })).toEqual([]);
  });

  it('narrows a list by score, model, alias and time', async () => {
    await put({ score: 0.1 }, { score: 0.9, hasExpected: true });
    const found = async (filter: object) => (await store.list(filter, undefined, 10)).map(({ score }) => score);
    expect(await found({ minScore: 0.5 })).toEqual([0.9]);
    expect(await found({ maxScore: 0.5, alias: 'fast', model: 'small' })).toEqual([0.1]);
    expect(await found({ hasExpected: true })).toEqual([0.9]);
    expect(await found({ from: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await found({ tenant: TENANT })).toEqual([0.9, 0.1]);
  });
});
