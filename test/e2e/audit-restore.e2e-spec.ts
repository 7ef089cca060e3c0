import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { ask, until } from '../support/ask';
import { type RunningWitness, startWitness, verifyAudit } from '../support/audit-programs';
import { Cable } from '../support/cable';
import { testDatabase, type TestDatabase } from '../support/database';
import { type Gateway, startGateway } from '../support/gateway';
import { asSuperuser } from '../support/log-site';
import { loseFrom } from '../support/restored-log';

const ROOT = join(__dirname, '../..');

describe('a gateway whose database was restored from an old copy', () => {
  let database: TestDatabase;
  let folder: string;
  let env: Record<string, string>;
  const gateways: Gateway[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-restore-'));
    env = {
      DATABASE_URL: database.url,
      GATEHOUSE_DATA_DIR: join(folder, 'data'),
      GATEHOUSE_MASTER_KEY: randomBytes(32).toString('base64'),
    };
  });
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async () => {
    const gateway = await startGateway({ env });
    gateways.push(gateway);
    return gateway;
  };
  const call = (gateway: Gateway) =>
    ask(gateway, '/v1/chat/completions', { model: 'sandbox/echo', messages: [{ role: 'user', content: 'Hello' }] });
  const get = (gateway: Gateway, path: string) =>
    fetch(`${gateway.url}/${path}`, { headers: { authorization: `Bearer ${gateway.rootKey}` } });
  const openEpoch = async (...args: string[]) => {
    const child = spawn(process.execPath, [join(ROOT, 'dist', 'audit-epoch.js'), ...args], {
      cwd: ROOT,
      env: { ...env, PATH: process.env['PATH'] ?? '', GATEHOUSE_ADMIN_DATABASE_URL: asSuperuser(database.url) },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
    const [code] = (await once(child, 'exit')) as [number];
    return { code, said };
  };

  it('does not start before an operator has said in the log that entries are lost, and goes on after that', async () => {
    const first = await start();
    for (let i = 0; i < 3; i++) expect((await call(first)).status).toBe(200);
    const lost = await until(async () => {
      const note = await (await get(first, 'v1/audit/checkpoint')).text();
      return Number(note.split('\n')[1]) > 4 ? note : undefined;
    });
    expect((await openEpoch('--reason', 'too early')).said).toContain('still runs');
    expect(await first.stop()).toBe(0);

    const admin = new Client(asSuperuser(database.url));
    await admin.connect();
    await loseFrom(admin, 4, 'left');
    await admin.end();
    await expect(start()).rejects.toThrow(/is an old copy.*npm run audit:epoch/s);

    expect(await openEpoch()).toMatchObject({ code: 2, said: expect.stringContaining('--reason') });
    const opened = await openEpoch('--reason', 'the disk was lost');
    expect(opened).toMatchObject({ code: 0, said: expect.stringMatching(/The log goes on as \S+#2/) });

    const again = await start();
    expect((await call(again)).status).toBe(200);
    expect((await fetch(`${again.url}/health/ready`)).status).toBe(200);
    // what was found of the entries that are gone is not taken for those that came after
    const found = await fetch(`${again.url}/v1/audit/entries?event=log.discontinuity`, {
      headers: { authorization: `Bearer ${again.rootKey}` },
    });
    const { data } = (await found.json()) as { data: { event: string }[] };
    expect(data).toMatchObject([{ event: 'log.discontinuity' }]);

    // an export of something else tells of the loss too: whoever kept a checkpoint of those entries sees that it was admitted
    const [bundle, kept] = [join(folder, 'some.tar'), join(folder, 'kept')];
    const exported = await fetch(`${again.url}/v1/audit/exports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${again.rootKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ format: 'bundle', filters: { event: 'llm.response' } }),
    });
    writeFileSync(bundle, Buffer.from(await exported.arrayBuffer()));
    writeFileSync(kept, lost);
    const vkey = (await (await get(again, 'v1/audit/vkey')).text()).trim();
    const { code, out } = verifyAudit(bundle, '--vkey', vkey, '--checkpoint', kept);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('lost in a restore, as was admitted') as string,
    });
  }, 90_000);
});

describe('a gateway with a new data folder, whose database was restored from an old copy', () => {
  it('does not start when a witness holds more, and stops when it hears of that later', async () => {
    const database = await testDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-restore-'));
    const key = { GATEHOUSE_MASTER_KEY: randomBytes(32).toString('base64') };
    const gateways: Gateway[] = [];
    let witness: RunningWitness | undefined;
    let cable: Cable | undefined;
    const start = async (dataDir: string, settings?: string) => {
      const env = { ...key, DATABASE_URL: database.url, GATEHOUSE_DATA_DIR: join(folder, dataDir) };
      const gateway = await startGateway({ env, ...(settings !== undefined && { settings }) });
      gateways.push(gateway);
      return gateway;
    };
    const get = (gateway: Gateway, path: string) =>
      fetch(`${gateway.url}/${path}`, { headers: { authorization: `Bearer ${gateway.rootKey}` } });
    try {
      const first = await start('first');
      const log = (await (await get(first, 'v1/audit/vkey')).text()).trim();
      await first.stop();
      const state = ['--key', join(folder, 'key'), '--state', join(folder, 'state')];
      witness = await startWitness('--log', log, '--name', 'w.example/1', ...state);
      cable = await Cable.to(new URL(witness.url));
      const settings = `audit: { witnesses: [{ url: '${cable.through(new URL(witness.url))}', vkey: '${witness.vkey}' }] }
providers: { sandbox: { type: sandbox } }
`;
      const witnessed = await start('first', settings);
      const call = (gateway: Gateway) =>
        ask(gateway, '/v1/chat/completions', { model: 'sandbox/echo', messages: [{ role: 'user', content: 'Hello' }] });
      for (let i = 0; i < 3; i++) expect((await call(witnessed)).status).toBe(200);
      await until(async () => {
        const note = await (await get(witnessed, 'v1/audit/checkpoint')).text();
        return note.includes('w.example/1') && Number(note.split('\n')[1]) >= 8;
      });
      await witnessed.stop();

      const admin = new Client(asSuperuser(database.url));
      await admin.connect();
      await loseFrom(admin, 4);
      await admin.end();
      await expect(start('second', settings)).rejects.toThrow(/is an old copy.*npm run audit:epoch/s);

      cable.cut();
      const deaf = await start('third', settings);
      expect((await call(deaf)).status).toBe(200);
      cable.mend();
      const stopped = await until(async () => {
        const reply = await call(deaf);
        return reply.status === 503 ? reply : undefined;
      }, 20_000);
      expect(stopped.text).toContain('audit_unavailable');
      expect((await get(deaf, 'health/ready')).status).toBe(503);
      await until(() => deaf.logs().includes('the witness w.example/1 holds another log') || undefined);
    } finally {
      await Promise.all(gateways.map((gateway) => gateway.close()));
      await witness?.kill();
      cable?.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
});
