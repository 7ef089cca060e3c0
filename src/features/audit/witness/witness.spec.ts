import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyPair, usualLog } from '../../../../test/support/audit-corpus';
import { formatAddCheckpoint } from '../format/add-checkpoint';
import { sha256 } from '../format/hashes';
import { parseNote, parseSignatureLine, signNote, verifyNote } from '../format/note';
import { consistencyProof } from '../format/proofs';
import { formatVkey, KEY_TYPE, parseVkey } from '../format/vkey';
import { Witness } from './witness';
import { openWitnessKey } from './witness-key';
import { WitnessState } from './witness-state';

const log = usualLog(30);
const pair = keyPair('witness');
const witnessKey = parseVkey(formatVkey('w.example', KEY_TYPE.cosignature, pair.publicKey));
const empty = `${log.origin}\n0\n${sha256('').toString('base64')}\n`;

describe('a witness', () => {
  let folder: string;
  let file: string;
  const open = () =>
    new Witness({
      name: 'w.example',
      privateKey: pair.privateKey,
      logs: [parseVkey(log.vkey)],
      state: new WitnessState(file),
      clock: () => 1_795_000_000_500,
    });
  const ask = async (witness: Witness, old: number, size: number, of = log) =>
    witness.addCheckpoint(formatAddCheckpoint(old, await consistencyProof(old, size, of.reader), of.checkpoint(size)));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'witness-'));
    file = join(folder, 'state.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('signs a log as it grows, and remembers over restarts', async () => {
    for (const [old, size] of [
      [0, 5],
      [5, 5],
      [5, 33],
      [33, log.size],
    ] as const) {
      const answer = await ask(open(), old, size);
      expect(answer.status).toBe(200);
      expect(parseSignatureLine(answer.body.trimEnd()).name).toBe('w.example');
      const [signed] = verifyNote(parseNote(log.checkpoint(size) + answer.body), [witnessKey]);
      expect(signed?.time).toBe(1_795_000_000);
    }
    const latest = open().latest(sha256(log.origin).toString('hex')) as string;
    expect(verifyNote(parseNote(latest), [witnessKey, parseVkey(log.vkey)])).toHaveLength(2);
    expect(open().latest('0'.repeat(64))).toBeUndefined();
  });

  it('says what it signed last when it is asked from elsewhere', async () => {
    const witness = open();
    await ask(witness, 0, 20);
    for (const [old, size] of [
      [0, 30],
      [10, 30],
      [21, 30],
    ] as const)
      expect(await ask(witness, old, size)).toEqual({ status: 409, body: '20\n', type: 'text/x.tlog.size' });
  });

  it('does not sign a second history', async () => {
    const witness = open();
    await ask(witness, 0, 20);
    const other = usualLog(31);
    other.leaves[7] = sha256('forged');
    expect((await ask(witness, 20, 30, other)).status).toBe(422);
    expect((await ask(witness, 20, 20, other)).status).toBe(422);
    const proof = await consistencyProof(20, 30, log.reader);
    expect(witness.addCheckpoint(formatAddCheckpoint(20, proof.slice(1), log.checkpoint(30))).status).toBe(422);
    expect((await ask(witness, 20, 30)).status).toBe(200);
  });

  it('refuses what it should not sign', async () => {
    const witness = open();
    const { privateKey } = log.log;
    const thief = signNote(log.body(5), log.origin, keyPair('thief').privateKey);
    const tried: [number, string][] = [
      [404, formatAddCheckpoint(0, [], signNote(log.body(5).replace(log.origin, 'other'), 'other', privateKey))],
      [403, formatAddCheckpoint(0, [], thief)],
      [403, formatAddCheckpoint(0, [], log.checkpoint(5).replace(/.{8}\n$/, 'AAAAAAA=\n'))],
      [400, formatAddCheckpoint(6, [], log.checkpoint(5))],
      [400, 'old 1'],
      [400, ''],
      [400, `old 00\n\n${log.checkpoint(5)}`],
      [
        400,
        formatAddCheckpoint(
          0,
          Array.from({ length: 64 }, () => sha256('')),
          log.checkpoint(5),
        ),
      ],
      [422, formatAddCheckpoint(0, [sha256('')], log.checkpoint(5))],
      [422, formatAddCheckpoint(0, [], signNote(empty.replace('47DEQ', '57DEQ'), log.origin, privateKey))],
      [200, formatAddCheckpoint(0, [], signNote(empty, log.origin, privateKey))],
    ];
    for (const [status, body] of tried) expect([witness.addCheckpoint(body).status, body]).toEqual([status, body]);
  });

  it('does not begin with a state that is damaged, nor go on with one that another process writes', async () => {
    await ask(open(), 0, 5);
    const witness = open();
    await ask(open(), 5, 6);
    await expect(ask(witness, 5, 7)).rejects.toThrow('another process');
    for (const text of ['', '[{}]', readFileSync(file, 'utf8').slice(0, -9)]) {
      writeFileSync(file, text);
      expect(open).toThrow('is damaged');
    }
  });

  it('makes its key once, for itself alone', () => {
    const path = join(folder, 'witness.key');
    const key = openWitnessKey(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(openWitnessKey(path).equals(key)).toBe(true);
    writeFileSync(path, 'nonsense');
    expect(() => openWitnessKey(path)).toThrow(/./);
  });
});
