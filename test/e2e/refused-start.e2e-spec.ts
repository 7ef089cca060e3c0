import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { provision } from '../../src/features/audit/log/provision/provision.store';
import { bareDatabase, withRole } from '../support/bare-database';
import { startGateway } from '../support/gateway';
import { query } from '../support/query';

const PASSWORD = 'pq9Zk3mWv1';

describe('a start that cannot be', () => {
  it.each(['PORT', 'GATEHOUSE_OPS_PORT'])('names %s where somebody else listens', async (variable) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(startGateway({ env: { [variable]: String(port) } })).rejects.toThrow(`${variable}: listen EADDRINUSE`);
    other.close();
  });

  it('names GATEHOUSE_DATA_DIR where nothing can be kept', async () => {
    for (const data of ['/proc/gatehouse', join(process.execPath, 'data')]) {
      await expect(startGateway({ env: { GATEHOUSE_DATA_DIR: data } })).rejects.toThrow(
        `GATEHOUSE_DATA_DIR: ${data} cannot be used (`,
      );
      // and with a database of its own
      const env = { PATH: process.env['PATH'], GATEHOUSE_DATA_DIR: data };
      const { status, stderr } = spawnSync(process.execPath, ['tools/start.mjs'], { env, encoding: 'utf8' });
      expect([status, stderr]).toEqual([1, expect.stringContaining(`GATEHOUSE_DATA_DIR: ${data} cannot be used (`)]);
    }
  });

  describe('names DATABASE_URL where PostgreSQL', () => {
    let database: Awaited<ReturnType<typeof bareDatabase>>;
    const start = (url: string) => startGateway({ env: { DATABASE_URL: url } });
    const refusal = (reason: string) => `DATABASE_URL: PostgreSQL refuses it: ${reason}`;

    beforeAll(async () => {
      database = await bareDatabase();
    });
    afterAll(() => database.drop());

    it('does not know the password', async () => {
      const url = withRole(database.url, 'gatehouse', PASSWORD);
      await expect(start(url)).rejects.toThrow(refusal('password authentication failed'));
    });

    it('has no such database', async () => {
      await expect(start(`${database.url}_gone`)).rejects.toThrow(refusal('database'));
    });

    it('gives its role no rights', async () => {
      await provision(database.adminUrl, 'gatehouse');
      await query(database.adminUrl, 'create schema audit_keys');
      const role = `no_rights_${process.pid}`;
      await query(database.adminUrl, `create role ${role} login password '${PASSWORD}'`);
      await expect(start(withRole(database.url, role, PASSWORD))).rejects.toThrow(refusal('permission denied'));
      await query(database.adminUrl, `drop role ${role}`);
    });
  });
});
