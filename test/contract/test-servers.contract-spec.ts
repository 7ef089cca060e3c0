import Redis from 'ioredis';
import { Client } from 'pg';
import { testDatabase } from '../support/database';
import { startRedis } from '../support/redis';
import { query } from '../support/query';

describe('testDatabase', () => {
  it('gives everyone a migrated database of their own, as the role that applications have', async () => {
    const [one, other] = await Promise.all([testDatabase(), testDatabase()]);
    try {
      await query(one.url, 'create table mark (id int)');
      const there = `select to_regclass('mark') is not null as mark, to_regclass('migrations') is not null as migrated`;
      expect(await query(one.url, there)).toEqual([{ mark: true, migrated: true }]);
      expect(await query(other.url, there)).toEqual([{ mark: false, migrated: true }]);
      const role = 'select current_user as name, usesuper as super from pg_user where usename = current_user';
      expect(await query(one.url, role)).toEqual([{ name: 'gatehouse', super: false }]);
    } finally {
      await Promise.all([one.drop(), other.drop()]);
    }
  });

  it('drops a database that is still in use', async () => {
    const database = await testDatabase();
    const client = new Client(database.url);
    await client.connect();
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    await database.drop();
    expect(errors[0]).toMatchObject({ code: '57P01' });
    await expect(query(database.url, 'select 1')).rejects.toMatchObject({ code: '3D000' });
  });
});

describe.each(['', 'js'])('startRedis (GATEHOUSE_TEST_REDIS=%p)', (choice) => {
  beforeAll(() => void (process.env['GATEHOUSE_TEST_REDIS'] = choice));
  afterAll(() => void delete process.env['GATEHOUSE_TEST_REDIS']);

  it('answers, freezes, goes on and stops', async () => {
    const redis = await startRedis();
    const client = new Redis(redis.url, { commandTimeout: 300, maxRetriesPerRequest: 0 });
    client.on('error', () => undefined);
    try {
      expect(
        await client.eval(`redis.call('set', KEYS[1], ARGV[1]) return redis.call('get', KEYS[1])`, 1, 'k', 'v'),
      ).toBe('v');
      redis.pause();
      await expect(client.get('k')).rejects.toThrow('timed out');
      redis.resume();
      expect(await client.get('k')).toBe('v');
      await redis.stop();
      await expect(client.get('k')).rejects.toThrow();
    } finally {
      client.disconnect();
      await redis.stop();
    }
  });
});
