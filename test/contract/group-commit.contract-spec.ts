import { Client } from 'pg';
import { CommitTimeoutError, GroupCommit, QueueFullError } from '../../src/platform/database/group-commit';
import { testDatabase, type TestDatabase } from '../support/database';

const DEADLINE_MS = 5_000;

describe('GroupCommit on PostgreSQL', () => {
  let database: TestDatabase;
  let client: Client;
  const open: GroupCommit<number>[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    client = new Client(database.url);
    await client.connect();
    await client.query('create table item (n int primary key, batch int)');
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((commit) => commit.close(1_000)));
    await client.query('truncate item');
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  const make = (more: Partial<ConstructorParameters<typeof GroupCommit<number>>[0]> = {}) => {
    const sizes: number[] = [];
    const changes: boolean[] = [];
    const commit = new GroupCommit<number>({
      url: database.url,
      name: 'test',
      queue: 10_000,
      statement: (items) => {
        sizes.push(items.length);
        return {
          text: 'insert into item select n, $2 from unnest($1::int[]) n on conflict do nothing',
          values: [items, sizes.length],
        };
      },
      onStateChange: (up) => changes.push(up),
      ...more,
    });
    open.push(commit);
    return { commit, sizes, changes };
  };
  const stored = async () =>
    (await client.query<{ n: number }>('select n from item order by n')).rows.map(({ n }) => n);
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const killConnections = () =>
    client.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gatehouse-test'`);

  it('makes everything durable, many at a time', async () => {
    const { commit, sizes } = make();
    await Promise.all(numbers(1_000).map((n) => commit.add(n, DEADLINE_MS)));
    expect(await stored()).toEqual(numbers(1_000));
    expect(sizes.length).toBeLessThan(100);
  });

  it('resolves only what is stored', async () => {
    const { commit } = make();
    await commit.add(7, DEADLINE_MS);
    expect(await stored()).toEqual([7]);
  });

  it('repeats a group whose connection broke: nothing is lost, nothing is there twice', async () => {
    const { commit, changes } = make({ batch: 50 });
    await commit.open();
    const adding = Promise.all(numbers(2_000).map((n) => commit.add(n, DEADLINE_MS)));
    for (let i = 0; i < 5; i++) await killConnections();
    await adding;
    expect(await stored()).toEqual(numbers(2_000));
    expect(changes.at(-1) ?? true).toBe(true);
  });

  it('lets one bad item fail alone', async () => {
    const { commit } = make({
      statement: (items) => ({
        text: 'insert into item (n) select 10 / (n - 3) * 0 + n from unnest($1::int[]) n',
        values: [items],
      }),
    });
    const results = await Promise.allSettled(numbers(6).map((n) => commit.add(n, DEADLINE_MS)));
    expect(results.map(({ status }) => status)).toEqual(numbers(6).map((n) => (n === 3 ? 'rejected' : 'fulfilled')));
    expect(await stored()).toEqual([0, 1, 2, 4, 5]);
  });

  it('gives up waiting at its deadline, and still stores the item when the database is back', async () => {
    const { commit, changes } = make();
    await commit.open();
    await client.query('begin');
    await client.query('lock table item in access exclusive mode');
    const late = jest.fn();
    await expect(commit.add(1, 100, late)).rejects.toBeInstanceOf(CommitTimeoutError);
    expect(late).not.toHaveBeenCalled();
    expect(changes).toEqual([false]);
    await client.query('commit');
    await commit.add(2, DEADLINE_MS);
    expect(late).toHaveBeenCalledTimes(1);
    expect(changes).toEqual([false, true]);
    expect(await stored()).toEqual([1, 2]);
  });

  it('refuses at once when too much is waiting', async () => {
    const { commit } = make({ queue: 10, batch: 1 });
    const results = await Promise.allSettled(numbers(40).map((n) => commit.add(n, DEADLINE_MS)));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(20);
    for (const result of refused) expect((result as PromiseRejectedResult).reason).toBeInstanceOf(QueueFullError);
    expect(await stored()).toHaveLength(40 - refused.length);
  });

  it('finishes what is queued before it closes, and takes nothing after', async () => {
    const { commit } = make({ batch: 10 });
    const adding = Promise.all(numbers(200).map((n) => commit.add(n, DEADLINE_MS)));
    await commit.close(DEADLINE_MS);
    await adding;
    expect(await stored()).toHaveLength(200);
    await expect(commit.add(1, DEADLINE_MS)).rejects.toBeInstanceOf(QueueFullError);
  });
});
