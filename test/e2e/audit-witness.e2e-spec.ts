import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatAddCheckpoint } from '../../src/features/audit/format/add-checkpoint';
import { sha256 } from '../../src/features/audit/format/hashes';
import { parseNote, verifyNote } from '../../src/features/audit/format/note';
import { consistencyProof } from '../../src/features/audit/format/proofs';
import { parseVkey } from '../../src/features/audit/format/vkey';
import { until } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';
import { type CorpusLog, usualLog } from '../support/audit-corpus';
import { type RunningWitness, startWitness } from '../support/audit-programs';

describe('a gateway with a witness', () => {
  it('shows, exports and verifies what the witness signed', async () => {
    const gateway = await startGateway();
    const folder = mkdtempSync(join(tmpdir(), 'witness-'));
    const get = (of: Gateway, path: string, method = 'GET') =>
      fetch(`${of.url}/v1/audit/${path}`, { method, headers: { authorization: `Bearer ${of.rootKey}` } });
    let witness: RunningWitness | undefined;
    try {
      const log = (await (await get(gateway, 'vkey')).text()).trim();
      const state = ['--key', join(folder, 'key'), '--state', join(folder, 'state')];
      witness = await startWitness('--log', log, '--name', 'w.example/2', ...state);
      const { url, vkey } = witness;
      await gateway.stop();
      gateway.configure('gatehouse', `audit: { witnesses: [{ url: '${url}', vkey: '${vkey}' }] }\n`);
      const witnessed = await gateway.another();
      const note = await until(async () => {
        const text = await (await get(witnessed, 'checkpoint')).text();
        return text.includes('w.example/2') ? text : undefined;
      });
      expect(verifyNote(parseNote(note), [parseVkey(log), parseVkey(vkey)])).toHaveLength(2);
      expect((await get(witnessed, 'status')).status).toBe(200);
      const verified = await get(witnessed, 'verify', 'POST');
      expect(await verified.json()).toMatchObject({ status: 'ok', problems: [] });
    } finally {
      await witness?.kill();
      await gateway.close();
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});

describe('a gateway that requires a witness', () => {
  it('serves again as soon as the witness is back', async () => {
    const gateway = await startGateway();
    const folder = mkdtempSync(join(tmpdir(), 'witness-'));
    const headers = { authorization: `Bearer ${gateway.rootKey}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: 'hello' }] });
    let witness: RunningWitness | undefined;
    try {
      const log = (await (await fetch(`${gateway.url}/v1/audit/vkey`, { headers })).text()).trim();
      const state = ['--key', join(folder, 'key'), '--state', join(folder, 'state')];
      const start = (port = '0') => startWitness('--log', log, '--name', 'w.example/3', '--port', port, ...state);
      witness = await start();
      const { url, vkey } = witness;
      await gateway.stop();
      gateway.configure(
        'gatehouse',
        `audit: { witnesses: [{ url: '${url}', vkey: '${vkey}' }], requireWitness: true, heartbeatSeconds: 600 }\n`,
      );
      const witnessed = await gateway.another();
      const status = async () =>
        (await fetch(`${witnessed.url}/v1/chat/completions`, { method: 'POST', headers, body })).status;
      const becomes = (wanted: number) => until(async () => ((await status()) === wanted ? true : undefined), 20_000);
      await becomes(200);
      await witness.kill();
      await becomes(503);
      await sleep(4_000); // whatever was written before is under a checkpoint that the witness did not sign
      witness = await start(new URL(url).port);
      await becomes(200);
    } finally {
      await witness?.kill();
      await gateway.close();
      rmSync(folder, { recursive: true });
    }
  }, 90_000);
});

describe('a witness of its own', () => {
  const log = usualLog(20);
  const folder = mkdtempSync(join(tmpdir(), 'witness-'));
  const args = [
    '--log',
    log.vkey,
    '--name',
    'w.example/1',
    '--key',
    join(folder, 'key'),
    '--state',
    join(folder, 'state'),
  ];
  let witness: RunningWitness;

  const ask = async (old: number, size: number, of: CorpusLog = log) => {
    const body = formatAddCheckpoint(old, await consistencyProof(old, size, of.reader), of.checkpoint(size));
    const response = await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };

  beforeAll(async () => void (witness = await startWitness(...args)));
  afterAll(async () => {
    await witness.kill();
    rmSync(folder, { recursive: true });
  });

  it('says who it is', async () => {
    const response = await fetch(witness.url);
    expect(await response.text()).toBe(`${witness.vkey}\n`);
    expect(parseVkey(witness.vkey)).toMatchObject({ name: 'w.example/1', type: 4 });
    expect(statSync(join(folder, 'key')).mode & 0o777).toBe(0o600);
  });

  it('signs, is killed, and refuses the split view afterwards', async () => {
    const { status, text } = await ask(0, 10);
    expect(status).toBe(200);
    const [signed] = verifyNote(parseNote(log.checkpoint(10) + text), [parseVkey(witness.vkey)]);
    expect(Math.abs((signed?.time ?? 0) * 1_000 - Date.now())).toBeLessThan(60_000);

    const { vkey } = witness;
    await witness.kill();
    witness = await startWitness(...args);
    expect(witness.vkey).toBe(vkey);
    expect(await ask(0, 12)).toEqual({ status: 409, type: 'text/x.tlog.size', text: '10\n' });
    const other = usualLog(20);
    other.leaves[3] = sha256('another history');
    expect((await ask(10, 15, other)).status).toBe(422);
    expect((await ask(10, 15)).status).toBe(200);
  });

  it('shows what it signed last', async () => {
    const response = await fetch(`${witness.url}/${sha256(log.origin).toString('hex')}/checkpoint`);
    expect(verifyNote(parseNote(await response.text()), [parseVkey(witness.vkey), parseVkey(log.vkey)])).toHaveLength(
      2,
    );
    expect((await fetch(`${witness.url}/${'0'.repeat(64)}/checkpoint`)).status).toBe(404);
  });

  it('lets two askers who know the same size not both have it', async () => {
    const answers = await Promise.all([16, 17, 18, 19].map((size) => ask(15, size)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
  });

  it('answers what it does not know, and what is too much', async () => {
    const { url } = witness;
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect((await fetch(`${url}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${url}/add-checkpoint`, { method: 'POST', body: 'nonsense' })).status).toBe(400);
    const status = await new Promise((resolve, reject) => {
      const asked = request(`${url}/add-checkpoint`, { method: 'POST' }, (response) => resolve(response.statusCode));
      asked.on('error', reject).end('x'.repeat(140_000));
    });
    expect(status).toBe(413);
  });

  it('does not start without a log to witness', async () => {
    await expect(startWitness()).rejects.toThrow('ended with 2: --log is missing');
  });
});
