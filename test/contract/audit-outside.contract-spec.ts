import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Draft } from '../../src/features/audit/audit-log';
import { parseCheckpoint } from '../../src/features/audit/format/checkpoint';
import { rotationFacts } from '../../src/features/audit/format/key-rotation';
import { verifyNote } from '../../src/features/audit/format/note';
import { parseVkey } from '../../src/features/audit/format/vkey';
import { HighWater } from '../../src/features/audit/log/head/high-water';
import { openEpoch } from '../../src/features/audit/log/epoch/open-epoch';
import { KeptHead } from '../../src/features/audit/log/head/kept-head';
import { StateFile } from '../../src/features/audit/log/head/state-file';
import { Witness } from '../../src/features/audit/witness/witness';
import { witnessServer } from '../../src/features/audit/witness/witness-server';
import { WitnessState } from '../../src/features/audit/witness/witness-state';
import { formatVkey, KEY_TYPE } from '../../src/features/audit/format/vkey';
import { until } from '../support/ask';
import { loseFrom } from '../support/restored-log';
import { asSuperuser, LogSite, type TestProcess } from '../support/log-site';

const draft = (id: string): Draft => ({ facts: { event: 'llm.request', request_id: id, tenant: 't' } });

describe('checkpoints outside of the house', () => {
  let site: LogSite;
  const servers: Server[] = [];

  beforeEach(async () => {
    site = await LogSite.build();
  });
  afterEach(async () => {
    await site?.close();
    for (const server of servers.splice(0)) server.close();
  });

  const listen = async (server: Server): Promise<string> => {
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const witness = async (name = 'witness.test/w1') => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const state = new WitnessState(join(site.folder, `${name.replace('/', '-')}.json`));
    const vkey = formatVkey(name, KEY_TYPE.cosignature, privateKey);
    const logs = [parseVkey(site.signer.current.vkey)];
    const server = witnessServer(new Witness({ name, privateKey, logs, state }), vkey, () => undefined);
    return { url: await listen(server), vkey, server };
  };
  const signedBy = (process: TestProcess, vkey: string) => {
    const note = process.proofs.checkpoint();
    if (!note) return undefined;
    try {
      return verifyNote(parseCheckpoint(note).note, [parseVkey(vkey)])[0] && parseCheckpoint(note);
    } catch {
      return undefined;
    }
  };

  it('are signed by witnesses, each as the continuation of the one before', async () => {
    const [one, two] = [await witness(), await witness('witness.test/w2')];
    const witnesses = [one, two].map(({ url, vkey }) => ({ url, vkey }));
    const process = await site.process({ audit: { witnesses } });
    for (let i = 0; i < 3; i++) {
      const [receipt] = await process.writer.append(draft(`${i}`));
      for (const { vkey } of [one, two])
        await until(async () => (signedBy(process, vkey)?.size ?? 0) > receipt!.index! || undefined);
    }
    await process.proofs.covered(0, 1_000, true);
    // another process of the log begins without knowing what they have seen
    await process.close();
    const next = await site.process({ audit: { witnesses } });
    const [receipt] = await next.writer.append(draft('next'));
    await until(async () => (signedBy(next, two.vkey)?.size ?? 0) > receipt!.index! || undefined);
    const report = await site.verify(site.signer.current.vkey, [next.proofs.checkpoint()!]);
    expect(report.findings).toEqual([]);
  });

  it('are required to be witnessed where that is set, and go on without witnesses where it is not', async () => {
    const { url, vkey, server } = await witness();
    const witnesses = [{ url, vkey }];
    const strict = await site.process({ audit: { witnesses, requireWitness: true } });
    const lax = await site.process({ audit: { witnesses } });
    await until(async () => signedBy(strict, vkey));
    expect(strict.checkpoints.recent.age()).toBe(0);
    server.close();
    server.closeAllConnections();
    strict.checkpoints.recent.add(1e9, Buffer.alloc(32), Date.now() - 30_000);
    const [receipt] = await strict.writer.append(draft('alone'));
    await until(async () => (lax.checkpoints.watch.newest?.head.size ?? 0) > receipt!.index! || undefined);
    await expect(strict.proofs.covered(receipt!.index!, 100, true)).rejects.toMatchObject({
      code: 'audit_unavailable',
    });
    await until(async () => /no witness/.test(strict.troubles.reason ?? '') || undefined);
    await expect(strict.writer.append(draft('refused'))).rejects.toMatchObject({ code: 'audit_unavailable' });
    await lax.writer.append(draft('goes on'));
  });

  it('are kept by anchors: files, whoever takes a POST, and buckets that lock objects', async () => {
    const taken: { request: IncomingMessage; body: string }[] = [];
    const url = await listen(
      createServer((request, answer) => {
        const pieces: Buffer[] = [];
        request.on('data', (piece: Buffer) => pieces.push(piece));
        request.on('end', () => {
          taken.push({ request, body: Buffer.concat(pieces).toString() });
          answer.end();
        });
      }),
    );
    const file = join(site.folder, 'anchor.txt');
    process.env['AWS_ENDPOINT_URL_S3'] = url;
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIDEXAMPLE';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
    const anchors = [`file:${file}`, `${url}/hook`, 's3://vault/audit'];
    const log = await site.process({ audit: { anchors, anchorSeconds: 1 } });
    await log.writer.append(draft('one'));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await log.writer.append(draft('two'));
    const sent = (method: string) => taken.filter(({ request }) => request.method === method);
    const filed = () => readFileSync(file, 'utf8').split(/(?<=\n)\n(?=log\.test)/);
    await until(
      async () => (sent('POST').length > 1 && sent('PUT').length > 1 && filed().length > 1) || undefined,
      5_000,
    );
    const notes = filed();
    for (const note of notes) expect(parseCheckpoint(note.trimEnd() + '\n').origin).toBe('log.test/audit');
    const put = sent('PUT')[0]!;
    expect(put.request.url).toMatch(/^\/vault\/audit\/log\.test_audit\/\d{16}\.txt$/);
    expect(put.request.headers).toMatchObject({
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': expect.stringMatching(/^\d{4}-/),
      authorization: expect.stringContaining('AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/'),
    });
    expect(parseCheckpoint(put.body).size).toBeGreaterThan(0);
    expect(log.told.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('are signed by the next key from the entry on that announces it', async () => {
    const first = site.signer.current.vkey;
    const [leader, other] = [await site.process(), await site.process()];
    for (let i = 0; i < 3; i++) {
      const signer = await site.sign();
      const next = await signer.successor();
      const receipts = await signer.steadily(async () => {
        const metadata = rotationFacts(signer.origin, signer.current, next);
        return other.writer.append(draft('before'), { facts: { event: 'key.rotate', metadata } }, draft('after'));
      });
      await other.writer.append(draft(`${i}`));
      for (const process of [leader, other])
        await until(
          async () => (process.checkpoints.watch.newest?.head.size ?? 0) > receipts[2]!.index! || undefined,
          5_000,
        );
      expect(signedBy(other, next.vkey)?.size).toBeGreaterThan(receipts[1]!.index!);
    }
    await leader.die();
    const third = await site.process();
    const [receipt] = await third.writer.append(draft('third'));
    await until(async () => (third.checkpoints.watch.newest?.head.size ?? 0) > receipt!.index! || undefined);
    expect((await site.verify(first)).findings.filter(({ severity }) => severity === 'failure')).toEqual([]);
  });

  it('go on in a new epoch after a restore, which says what was lost', async () => {
    const process = await site.process();
    for (let i = 0; i < 5; i++) await process.writer.append(draft(`${i}`), draft(`${i}b`));
    await until(async () => (process.checkpoints.watch.newest?.head.size ?? 0) >= 11 || undefined);
    const kept = process.proofs.checkpoint()!;
    await process.close();
    const had = parseCheckpoint(readFileSync(join(process.dataDir, 'audit-head.json'), 'utf8') && kept);
    await loseFrom(site.admin, 5);
    await expect(site.process({ dataDir: process.dataDir })).rejects.toThrow(/is an old copy/);

    const opened = await openEpoch({
      adminUrl: asSuperuser(site.database.url),
      url: site.database.url,
      keys: site.keys,
      highWater: new HighWater(join(process.dataDir, 'audit-head.json')),
      signed: new StateFile(join(process.dataDir, 'audit-signed.json'), KeptHead),
      reason: 'the disk of the database was lost',
    });
    expect(opened).toMatchObject({ origin: 'log.test/audit#2', found: { size: 5 } });
    expect(opened.lost.size).toBeGreaterThanOrEqual(had.size);

    const after = await site.process({ dataDir: process.dataDir });
    const [receipt] = await after.writer.append(draft('after'));
    expect(receipt!.log).toBe('log.test/audit#2');
    await until(async () => (after.checkpoints.watch.newest?.head.size ?? 0) > receipt!.index! || undefined);
    const discontinuity = (await site.headers()).find(({ event }) => event === 'log.discontinuity');
    expect(discontinuity!.metadata).toMatchObject({ old_origin: 'log.test/audit', found_size: 5 });
    const report = await site.verify(site.signer.current.vkey);
    expect(report.findings.filter(({ severity }) => severity === 'failure')).toEqual([]);
    expect(report.findings.map(({ code }) => code)).toContain('restored');
    // a folder that saw the old epoch is told by the log's own key that it is over
    expect(after.troubles.reason).toBeUndefined();
  }, 60_000);

  it('are not reset while a gateway runs', async () => {
    const process = await site.process();
    await until(async () => process.checkpoints.watch.newest);
    const open = openEpoch({
      adminUrl: asSuperuser(site.database.url),
      url: site.database.url,
      keys: site.keys,
      highWater: new HighWater(join(process.dataDir, 'audit-head.json')),
      signed: new StateFile(join(process.dataDir, 'audit-signed.json'), KeptHead),
      reason: 'by mistake',
    });
    await expect(open).rejects.toThrow(/still runs/);
  });
});
