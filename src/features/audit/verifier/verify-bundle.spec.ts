import {
  bundleOf,
  type BundleRequest,
  CorpusLog,
  dataKeyId,
  interaction,
  keyPair,
  ORIGIN,
  type Recorded,
  selectionOf,
  usualLog,
} from '../../../../test/support/audit-corpus';
import { encodeBase64 } from '../format/base64';
import { rawPublicKey } from '../format/ed25519';
import { rootOver } from '../format/frontier';
import type { PlainObject } from '../format/header';
import { inclusionProof } from '../format/proofs';
import { formatTlogProof } from '../format/tlog-proof';
import { formatVkey, KEY_TYPE, parseVkey } from '../format/vkey';
import { certify } from '../format/writer-certificate';
import type { Report } from './report';
import { type Trust, verifyBundle } from './verify-bundle';

async function* pieces(bytes: Buffer, size = 60_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function verify(log: CorpusLog, request: BundleRequest = {}, trust: Partial<Trust> = {}): Promise<Report> {
  return verifyBundle(pieces(await bundleOf(log, request)), { vkeys: [parseVkey(log.vkey)], ...trust });
}

const codes = ({ findings }: Report): string[] => findings.map(({ severity, code }) => `${severity} ${code}`);
const outside = (text: string) => ({ outside: [{ name: 'mine', text }] });

/** Writers whose own entries are not shown. */
const admission = (log: CorpusLog, name: string) => {
  const { raw: key, origin } = log.writers.get(name) as { raw: Buffer; origin: string };
  return { origin, key, certificate: certify(origin, key, log.log.privateKey) };
};
const admissions = (log: CorpusLog) => [...log.writers.keys()].map((name) => admission(log, name));

describe('a log that is as it should be', () => {
  const log = usualLog(60);

  it('is verified without a word', async () => {
    const sizes = [0, 1, 7, 64, 100, log.size];
    const report = await verify(
      log,
      { checkpoints: sizes.map((size) => log.checkpoint(size)) },
      outside(log.checkpoint(33)),
    );
    expect(report).toMatchObject({
      verdict: 'verified',
      log: ORIGIN,
      size: log.size,
      root: encodeBase64(rootOver(log.leaves)),
      checkpoints: { bundle: 6, outside: 1 },
      entries: { shown: log.size, pruned: 0, withheld: 0 },
      batches: log.batches.length,
      writers: 2,
      content: { absent: 0, opened: 0, erased: 0 },
      findings: [],
    });
    expect(report.content.intact).toBe((report.events['llm.request'] ?? 0) * 2 + 1);
    expect(report.first_bad).toBeUndefined();
  });

  it('is read in whatever pieces it comes', async () => {
    const bytes = await bundleOf(log);
    const report = await verifyBundle(pieces(bytes, 1_009), { vkeys: [parseVkey(log.vkey)] });
    expect(report.verdict).toBe('verified');
  });

  it('may be shown in part: a range, some entries, or none', async () => {
    for (const wanted of [(i: number) => i >= 20 && i < 50, (i: number) => i % 17 === 3, () => false]) {
      const runs = await selectionOf(log, wanted, [33]);
      const report = await verify(
        log,
        { runs, writers: admissions(log), about: { entries: 'some' } },
        outside(log.checkpoint(33)),
      );
      expect(report.findings).toEqual([]);
      expect(report.entries.shown).toBe(log.leaves.filter((_, i) => wanted(i)).length);
      expect(report.entries.shown + report.entries.withheld).toBe(log.size);
    }
  });

  it('need not come with its content', async () => {
    const runs = log.batches.map((batch) => ({
      ...batch,
      entries: batch.entries.map(({ header }) => ({ header: header as string })),
    }));
    const report = await verify(log, { runs, about: { payloads: 'none' } });
    expect(report).toMatchObject({ verdict: 'verified', content: { intact: 0 } });
    expect(report.content.absent).toBeGreaterThan(100);
  });

  it('says when a witness signed', async () => {
    const witness = { name: 'w.example/1', pair: keyPair('witness') };
    const key = parseVkey(formatVkey(witness.name, KEY_TYPE.cosignature, witness.pair.publicKey));
    const checkpoints = [log.checkpoint(log.size, [witness])];
    const report = await verify(log, { checkpoints }, { witnesses: [key], quorum: 1 });
    expect(report).toMatchObject({ verdict: 'verified', witnesses: [{ name: 'w.example/1' }] });
    expect(await verify(log, {}, { witnesses: [key], quorum: 1 })).toMatchObject({
      verdict: 'failed',
      findings: [{ code: 'witness' }],
    });
  });

  it('shows what the disclosed keys open, and that it is what was committed to', async () => {
    const index = log.batches.find(({ entries }) => entries[0]?.header?.includes('"tenant":"t_1"'))?.first as number;
    const opened: unknown[] = [];
    const keys = log.keysOf([index, index + 1], 't_1');
    const report = await verify(log, { keys }, { onOpened: (_, content) => void opened.push(content) });
    expect(report).toMatchObject({ verdict: 'verified', content: { opened: 2 }, findings: [] });
    expect(opened[0]).toMatchObject({ request: { body: { temperature: 0.5 } } });
    const wrong = new Map([...keys].map(([id]) => [id, Buffer.alloc(32)]));
    expect(await verify(log, { keys: wrong })).toMatchObject({ verdict: 'failed', first_bad: { index, code: 'key' } });
  });

  it('holds what a receipt says', async () => {
    const receipt = async (index: number, of = log) =>
      formatTlogProof({
        index,
        hashes: await inclusionProof(index, of.size, of.reader),
        checkpoint: of.checkpoint(),
        extra: Buffer.from(of.header(index)),
      });
    expect((await verify(log, {}, outside(await receipt(17)))).findings).toEqual([]);
    const other = usualLog(59);
    const report = await verify(log, {}, outside(await receipt(log.size - 5, other)));
    expect(report.verdict).toBe('failed');
  });
});

describe('a log with a history', () => {
  const answered = (log: CorpusLog, from: number, count: number) => {
    for (let i = from; i < from + count; i++) log.append('a', interaction(i, 't_1'));
  };

  it('may have changed its key', async () => {
    const log = new CorpusLog();
    log.open('a');
    const first = log.vkey;
    answered(log, 0, 3);
    const [before, early] = [log.size, log.checkpoint()];
    log.rotate('a', keyPair('log 2'));
    log.open('b');
    const late = log.checkpoint();
    for (const vkey of [first, log.vkey])
      expect((await verify(log, { checkpoints: [early, late] }, { vkeys: [parseVkey(vkey)] })).findings).toEqual([]);
    const newKey = log.log;
    log.log = keyPair('log');
    expect(codes(await verify(log))).toContain('failure checkpoint-signature');
    log.log = newKey;
    const tooEarly = log.checkpoint(before);
    expect(codes(await verify(log, { checkpoints: [tooEarly, late] }))).toEqual(['failure checkpoint-signature']);
  });

  it('does not change a key twice: one that was replaced speaks for nobody', async () => {
    const log = new CorpusLog();
    log.open('a');
    const [old, held] = [log.log, log.vkey];
    log.rotate('a', keyPair('log 2'));
    const right = log.log;
    log.log = old;
    log.rotate('a', keyPair('thief'));
    log.log = right;
    expect(codes(await verify(log, {}, { vkeys: [parseVkey(held)] }))).toEqual(['failure rotation']);
    log.log = keyPair('thief');
    expect(codes(await verify(log, {}, { vkeys: [parseVkey(held)] }))).toContain('failure checkpoint-signature');
  });

  it('may say twice that it changed its key', async () => {
    const log = new CorpusLog();
    log.open('a');
    const [old, held] = [log.log, log.vkey];
    log.rotate('a', keyPair('log 2'));
    log.log = old;
    log.rotate('a', keyPair('log 2'));
    expect((await verify(log, {}, { vkeys: [parseVkey(held)] })).findings).toEqual([]);
  });

  it('may have been restored, and says what was lost', async () => {
    const log = new CorpusLog();
    log.open('a');
    answered(log, 0, 4);
    const [kept, lost] = [log.checkpoint(5), log.checkpoint(9)];
    log.restore(5, 'b');
    answered2(log, 'b');
    const report = await verify(log, { checkpoints: [kept, log.checkpoint()] }, { ...outside(lost) });
    expect(report.verdict).toBe('verified');
    expect(codes(report)).toEqual(['warning restored', 'notice lost']);
    expect(report.findings[0]?.message).toContain('lost 4 entries');
    // of another epoch may also be shown what does not tell of its beginning
    for (const wanted of [[2, 8], [8], [2, 5], [2, 6]]) {
      const runs = await selectionOf(log, (i) => wanted.includes(i));
      const writers = ['a', 'b'].map((name) => admission(log, name));
      expect((await verify(log, { runs, writers, about: { entries: 'some' } })).verdict).toBe('verified');
    }
  });

  it('may have lost everything, and begin again', async () => {
    const log = new CorpusLog();
    log.open('a');
    const lost = log.checkpoint();
    log.restore(0, 'b');
    const report = await verify(log, {}, outside(lost));
    expect([report.verdict, ...codes(report)]).toEqual(['verified', 'warning restored', 'notice lost']);
    const silent = new CorpusLog();
    silent.origin += '#2';
    silent.open('a');
    expect(await verify(silent)).toMatchObject({ verdict: 'failed', first_bad: { index: 0, code: 'epoch' } });
  });

  it('does not pass off another loss as that one', async () => {
    const log = new CorpusLog();
    log.open('a');
    answered(log, 0, 4);
    const held = log.checkpoint(9);
    log.batches.pop();
    log.leaves.length -= 2;
    log.restore(5, 'b');
    const report = await verify(log, {}, outside(held));
    expect(report).toMatchObject({ verdict: 'failed', first_bad: { index: 5, code: 'lost' } });
  });

  /** Thirteen entries, of which five are found; then `behind` and the rest of the second epoch. */
  const restored = (told: object = {}) => {
    const log = new CorpusLog();
    log.open('a');
    answered(log, 0, 6);
    const lost = log.checkpoint();
    log.restore(5, 'b', told as PlainObject);
    answered2(log, 'b');
    return { log, lost };
  };

  it('is covered by no checkpoint of entries that were lost', async () => {
    const { log, lost } = restored();
    const runs = await selectionOf(log, (i) => i < 7);
    // entries that nobody signed
    (runs.at(-1) as unknown as { subtrees: { hash: Buffer }[] }).subtrees[0]!.hash = Buffer.alloc(32, 7);
    const report = await verify(log, { runs, checkpoints: [lost], about: { entries: 'some' } });
    expect([report.verdict, ...codes(report)]).toEqual([
      'failed',
      'failure checkpoint',
      'warning restored',
      'notice lost',
    ]);
  });

  it('is witnessed where it goes on, also when more was lost than came since', async () => {
    const { log, lost } = restored();
    const pair = keyPair('witness');
    const signed = log.checkpoint(log.size, [{ name: 'w.example', pair }]);
    const key = parseVkey(formatVkey('w.example', KEY_TYPE.cosignature, pair.publicKey));
    const report = await verify(log, { checkpoints: [signed, lost] }, { witnesses: [key], quorum: 1 });
    expect([report.verdict, report.witnesses.length]).toEqual(['verified', 1]);
  });

  it('excuses by a restore only what an earlier epoch of its own lost', async () => {
    for (const old_origin of [`${ORIGIN}#2`, `${ORIGIN}#3`, 'other.example']) {
      const { log } = restored({ old_origin, old_size: 99 });
      const writers = admissions(log);
      for (const first of [0, 5]) {
        const runs = await selectionOf(log, (i) => i >= first);
        const report = await verify(log, { runs, writers, about: { entries: 'some' } });
        expect({ old_origin, first, ...report }).toMatchObject({ verdict: 'failed', first_bad: { code: 'epoch' } });
      }
    }
    const { log } = restored({ old_root: 'none' });
    expect(await verify(log)).toMatchObject({ verdict: 'failed', first_bad: { index: 6, code: 'epoch' } });
  });

  it('may have an epoch that is not shown', async () => {
    const { log } = restored();
    answered2(log, 'b');
    log.restore(log.size - 1, 'c');
    answered2(log, 'c');
    const last = log.batches.find(({ origin }) => origin.endsWith('#3'))?.first as number;
    const runs = await selectionOf(log, (i) => i < 5 || i >= last);
    const report = await verify(log, { runs, writers: admissions(log), about: { entries: 'some' } });
    expect(report.verdict).toBe('verified');
  });

  it('may have dropped months, when it says so', async () => {
    const log = new CorpusLog();
    log.open('a');
    answered(log, 0, 10);
    const drop: Recorded = {
      facts: { event: 'retention.drop', metadata: { month: '2026-01', first: 1, last: 12, root: '' } },
    };
    const whole = await verify(log, { runs: await selectionOf(log, (i) => i < 1 || i > 12) });
    expect(whole).toMatchObject({ verdict: 'failed', first_bad: { index: 1, code: 'withheld' } });
    log.append('a', [drop]);
    const pruned = await verify(log, { runs: await selectionOf(log, (i) => i < 1 || i > 12) });
    expect(pruned).toMatchObject({ verdict: 'verified', entries: { pruned: 12, withheld: 0 } });
    expect(pruned.findings[0]?.message).toMatch(/^pruned by manifest [\w-]+: 12 entries$/);
    expect(await verify(log, { runs: await selectionOf(log, (i) => i < 1 || i > 14) })).toMatchObject({
      verdict: 'failed',
      first_bad: { index: 13 },
    });
    // the batches of a dropped month are still signed: their leaves are shown instead of their headers
    const runs = log.batches.map((batch) => ({
      ...batch,
      entries: batch.entries.map((entry, i) =>
        batch.first + i >= 1 && batch.first + i <= 12 ? { leaf: log.leaves[batch.first + i] as Buffer } : entry,
      ),
    }));
    expect(await verify(log, { runs })).toMatchObject({ verdict: 'verified', entries: { pruned: 12 }, batches: 12 });
  });

  it('may have forgotten content', async () => {
    const log = new CorpusLog();
    log.open('a');
    for (let i = 0; i < 4; i++) log.append('a', interaction(i, 't_1', i < 3 ? 'erased' : 'kept'));
    log.append('a', [
      { facts: { event: 'key.shred', metadata: { order: 'x', scope: 'subject', key_ids: [dataKeyId('erased')] } } },
    ]);
    expect(await verify(log)).toMatchObject({ verdict: 'verified', content: { intact: 8, erased: 6 } });
  });

  it('warns of silence, of clocks, and of writers that vanish', async () => {
    const log = new CorpusLog();
    log.open('a');
    log.open('b');
    log.clock += 400_000;
    answered(log, 0, 1);
    const batch = log.batches.at(-1) as { committedAt: string };
    batch.committedAt = new Date(log.clock + 30_000).toISOString();
    const report = await verify(log);
    expect(report.verdict).toBe('verified');
    expect(codes(report)).toEqual(['warning writer-silent', 'warning heartbeat', 'warning late']);
    // among what is withheld its farewell may be
    const runs = await selectionOf(log, (i) => i !== 1);
    expect(codes(await verify(log, { runs }))).not.toContain('warning writer-silent');
  });

  function answered2(log: CorpusLog, name: string) {
    log.append(name, interaction(90, 't_1'));
  }
});

describe('what is not as it should be', () => {
  const log = usualLog(20);
  const [batch] = log.batches.filter(
    ({ entries }) => entries.length > 1 && entries[0]?.header?.includes('llm.request'),
  );
  const first = batch?.first as number;

  const change = (at: number, edit: (text: string) => string) =>
    log.batches.map((one) => ({
      ...one,
      entries: one.entries.map((entry, i) =>
        one.first + i === at ? { ...entry, header: edit(entry.header as string) } : entry,
      ),
    }));

  it.each<[string, string, number, () => BundleRequest]>([
    [
      'a header that was changed',
      'batch-signature',
      first,
      () => ({ runs: change(first, (text) => text.replace('"t_', '"u_')) }),
    ],
    [
      'a header that is not canonical',
      'entry-canonical',
      first,
      () => ({ runs: change(first, (text) => text.replace(':', ': ')) }),
    ],
    ['a batch that is missing', 'order', first, () => ({ runs: log.batches.filter(({ first: at }) => at !== first) })],
    [
      'batches that changed places',
      'order',
      first,
      () => ({ runs: log.batches.toSorted((a, b) => (a.first === first ? 1 : 0) - (b.first === first ? 1 : 0)) }),
    ],
    [
      'an end that is missing',
      'truncated',
      log.size - 1,
      () => ({ runs: log.batches.slice(0, -1), about: { size: log.size - 1 } }),
    ],
    [
      'content that was changed',
      'payload',
      first,
      () => ({
        runs: log.batches.map((one) =>
          one.first === first
            ? {
                ...one,
                entries: one.entries.map((entry, i) => (i ? entry : { ...entry, ciphertext: Buffer.alloc(40) })),
              }
            : one,
        ) as never,
      }),
    ],
    [
      'content that is missing',
      'payload',
      first,
      () => ({
        runs: log.batches.map((one) =>
          one.first === first
            ? { ...one, entries: one.entries.map(({ header }, i) => (i ? (one.entries[i] as never) : { header })) }
            : one,
        ) as never,
      }),
    ],
  ])('%s: %s', async (_, code, index, request) => {
    const report = await verify(log, request(), { withoutManifest: true });
    expect(report).toMatchObject({ verdict: 'failed', first_bad: { index, code } });
  });

  it('a day that the calendar does not have', async () => {
    const forged = (ts: string) => log.forged(first, (header) => header.replace(/"ts":"[^"]*"/, `"ts":"${ts}"`));
    for (const ts of [
      '2026-02-30T00:00:00.000Z',
      '2026-01-01T24:00:00.000Z',
      '2026-01-01T00:00:00Z',
      '+002026-01-01T00:00:00.000Z',
    ])
      expect(await verify(forged(ts))).toMatchObject({ verdict: 'failed', first_bad: { index: first, code: 'entry' } });
    const runs = log.batches.map((one) => ({
      ...one,
      committedAt: one.first === first ? '2026-02-30T00:00:00.000Z' : one.committedAt,
    }));
    expect(await verify(log, { runs })).toMatchObject({ verdict: 'failed', first_bad: { index: first, code: 'time' } });
  });

  it.each<[string, Record<string, unknown>]>([
    ['more than there should be', { also: 1 }],
    ['how much is shown in other words', { entries: 'most' }],
    ['content in other words', { payloads: true }],
    ['no time', { made_at: 1 }],
    ['more, but not as an object', { about: [] }],
  ])('a bundle that says of itself %s', async (_, about) => {
    const report = await verify(log, { about: about as never });
    expect(report).toMatchObject({ verdict: 'failed', findings: [{ code: 'bundle' }] });
  });

  it('a tail that was cut off, when somebody holds a checkpoint', async () => {
    const held = log.checkpoint();
    const shorter = usualLog(20);
    shorter.batches.pop();
    shorter.leaves.pop();
    const report = await verify(shorter, {}, outside(held));
    expect(report).toMatchObject({ verdict: 'failed', first_bad: { code: 'truncated', index: shorter.size } });
  });

  it('history that was written anew with all keys, when somebody holds a checkpoint', async () => {
    const held = log.checkpoint(10);
    const other = new CorpusLog();
    other.open('a');
    for (let i = 100; i < 130; i++) other.append('a', interaction(i, 't_1'));
    expect(await verify(other, {})).toMatchObject({ verdict: 'verified' });
    expect(await verify(other, {}, outside(held))).toMatchObject({ verdict: 'failed', findings: [{ code: 'root' }] });
  });

  it('another log, or another key', async () => {
    const key = (name: string, pair = keyPair('log')) => ({
      vkeys: [parseVkey(formatVkey(name, KEY_TYPE.note, pair.publicKey))],
    });
    expect(codes(await verify(log, {}, key('elsewhere.example')))).toContain('failure log');
    expect(codes(await verify(log, {}, key(ORIGIN, keyPair('thief'))))).toEqual(
      expect.arrayContaining(['failure checkpoint-signature', 'failure certificate', 'failure manifest']),
    );
  });

  it('a writer that the log does not know', async () => {
    const other = new CorpusLog();
    other.open('a');
    const [own] = other.writers.values();
    const raw = own?.raw as Buffer;
    const thief = new CorpusLog();
    thief.log = keyPair('thief');
    thief.open('a');
    thief.log = keyPair('log');
    expect(rawPublicKey(keyPair(`a ${ORIGIN}`).publicKey)).toEqual(raw);
    expect(codes(await verify(thief))).toEqual(['failure certificate']);
  });

  it('a file that is cut off cannot be checked', async () => {
    const bytes = await bundleOf(log);
    for (const end of [100, 5_000, bytes.length - 1]) {
      const report = await verifyBundle(pieces(bytes.subarray(0, end)), { vkeys: [parseVkey(log.vkey)] });
      expect(report).toMatchObject({ verdict: 'unchecked', reason: 'the file ends too early' });
    }
  });
});
