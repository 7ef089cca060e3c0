// `npm run bench:audit:verify [entries]`: what sealing an entry and verifying a log cost, on one core. Needs no database.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const require = createRequire(import.meta.url);
const format = (name) => require(resolve(import.meta.dirname, '../../dist/features/audit/format', name));
const { batchStatement, signBatch, statementHash } = format('batch');
const { writeBundle } = format('bundle-writer');
const { checkpointBody } = format('checkpoint');
const { rawPublicKey, signText } = format('ed25519');
const { Frontier, rootOver } = format('frontier');
const { leafHash } = format('hashes');
const { signNote } = format('note');
const { canonicalise } = format('canonical');
const { sealEntry } = format('payload');
const { formatVkey, KEY_TYPE, parseVkey } = format('vkey');
const { certify, writerId } = format('writer-certificate');
const verifier = (name) => require(resolve(import.meta.dirname, '../../dist/features/audit/verifier', name));
const { piecesOf } = verifier('pieces-of');
const { verifyBundle } = verifier('verify-bundle');

const [asked] = process.argv.slice(2);
const ENTRIES = Number(asked ?? 200_000);
const BATCH = 64;
const ORIGIN = 'bench.example/audit';
const log = generateKeyPairSync('ed25519');
const writer = generateKeyPairSync('ed25519');
const raw = rawPublicKey(writer.publicKey);
const vkey = formatVkey(ORIGIN, KEY_TYPE.note, log.publicKey);
const dataKey = { id: `dk_${'x'.repeat(22)}`, key: randomBytes(32) };
const START = Date.parse('2026-11-20T20:00:00Z');

const facts = {
  event: 'llm.response',
  request_id: 'req_0123456789abcdef',
  tenant: '019ab2f0-1111-7abc-8def-0123456789ab',
  actor: '019ab2f0-1111-7abc-8def-0123456789ac',
  user_id: 's_0123456789abcdefghijkl',
  model: 'fast',
  model_resolved: 'anthropic/claude',
  provider: 'anthropic',
  outcome: 'answered',
  metadata: { attempts: 1, latency_ms: 1_734, tokens_in: 812, tokens_out: 344 },
  compliance_flags: ['inj.flag', 'pii.masked.cpf'],
  policy: { config: `sha256:${'0'.repeat(64)}` },
};
const payload = {
  response: { choices: [{ message: { role: 'assistant', content: 'A sentence of an answer. '.repeat(80) } }] },
};

function stamp(number) {
  const id = number.toString(16).padStart(12, '0');
  const ts = new Date(START + Math.floor(number / BATCH) * 20).toISOString();
  return { v: 1, log: ORIGIN, entry_id: `019ab2f0-1111-7abc-8def-${id}`, ts, writer: writerId(raw) };
}

/** Microseconds of CPU of the best of some rounds: what else runs on the machine does not count. */
function cost(work, rounds = 8, times = 4_000) {
  let best = Infinity;
  for (let round = 0; round <= rounds; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < times; i++) work(i);
    const { user, system } = process.cpuUsage(before);
    if (round) best = Math.min(best, (user + system) / times);
  }
  return best;
}

function* runs(withPayloads) {
  let [first, lane, previous] = [0, 0, undefined];
  const metadata = {
    writer_key: raw.toString('base64'),
    certificate: certify(ORIGIN, raw, log.privateKey).toString('base64'),
  };
  const sealed = (number) => {
    const open = { ...facts, ...stamp(number) };
    return withPayloads
      ? sealEntry(dataKey, open, payload, { response: payload.response.choices })
      : sealEntry(dataKey, open, undefined, { response: 1 });
  };
  while (first < ENTRIES) {
    const entries =
      first === 0
        ? [sealEntry(undefined, { ...stamp(0), event: 'writer.open', metadata })]
        : Array.from({ length: Math.min(BATCH, ENTRIES - first) }, (_, i) => sealed(first + i));
    const leaves = entries.map(({ header }) => leafHash(header));
    for (const leaf of leaves) tree.append(leaf);
    const stated = { origin: ORIGIN, writer: writerId(raw), lane: ++lane, previous };
    const text = batchStatement({ ...stated, n: entries.length, root: rootOver(leaves) });
    const committedAt = new Date(START + Math.floor(first / BATCH) * 20 + 5).toISOString();
    yield { kind: 'batch', first, ...stated, signature: signBatch(text, writer.privateKey), committedAt, entries };
    previous = statementHash(text);
    first += entries.length;
  }
}

if (process.argv[2] === '--measure') {
  await measure(...process.argv.slice(3));
  process.exit(0);
}

let tree = new Frontier();
const folder = mkdtempSync(join(tmpdir(), 'bench-audit-'));

async function bundle(file, withPayloads) {
  // the checkpoint comes first in the file: the log is made twice, the first time for its root
  const about = {
    log: ORIGIN,
    size: ENTRIES,
    entries: 'all',
    payloads: withPayloads ? 'all' : 'none',
    made_at: new Date().toISOString(),
  };
  const all = withPayloads ? [...runs(true)] : undefined;
  if (!all) for (const _ of runs(false));
  const checkpoint = signNote(
    checkpointBody({ origin: ORIGIN, size: ENTRIES, root: tree.root() }),
    ORIGIN,
    log.privateKey,
  );
  tree = new Frontier();
  const contents = { about, checkpoints: [checkpoint], runs: all ?? runs(false) };
  await pipeline(
    Readable.from(writeBundle(contents, { vkey, sign: (text) => signText(text, log.privateKey) })),
    createWriteStream(file),
  );
  tree = new Frontier();
}

/** In a process of its own, whose time and memory are the verifier's alone. */
function verify(file) {
  const { stdout, status, stderr } = spawnSync(process.execPath, [import.meta.filename, '--measure', file, vkey], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr || stdout);
  const { seconds, wall, peak, size } = JSON.parse(stdout);
  return { rate: size / seconds, seconds, wall, peak };
}

async function measure(file, key) {
  const before = process.cpuUsage();
  const started = performance.now();
  const report = await verifyBundle(piecesOf(file), { vkeys: [parseVkey(key)] });
  const { user, system } = process.cpuUsage(before);
  const wall = (performance.now() - started) / 1_000;
  if (report.verdict !== 'verified') throw new Error(JSON.stringify(report.findings.slice(0, 5)));
  // ru_maxrss would be the parent's: it survives exec
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1_024;
  console.log(JSON.stringify({ seconds: (user + system) / 1e6, wall, peak, size: report.size }));
}

const print = (what, value) => console.log(`${what.padEnd(58)}${value}`);
try {
  console.log(`${cpus()[0]?.model}, Node ${process.version}\n`);
  const header = { ...facts, ...stamp(1) };
  const commit = { response: payload.response.choices };
  print('canonical text of a header', `${cost(() => canonicalise(header)).toFixed(1)} µs`);
  print('seal an entry without content', `${cost(() => sealEntry(undefined, header)).toFixed(1)} µs`);
  print('seal an entry with 2 KB of content', `${cost(() => sealEntry(dataKey, header, payload)).toFixed(1)} µs`);
  print(
    'the same, and a commitment to 2 KB',
    `${cost(() => sealEntry(dataKey, header, payload, commit)).toFixed(1)} µs`,
  );
  const { header: text } = sealEntry(dataKey, header, payload);
  print('leaf', `${cost(() => leafHash(text)).toFixed(1)} µs`);
  for (const withPayloads of [false, true]) {
    if (withPayloads && ENTRIES > 100_000) {
      print('verify with content', 'skipped: ask for 100000 entries at most');
      continue;
    }
    const file = join(folder, 'bundle.tar');
    await bundle(file, withPayloads);
    const what = `verify ${ENTRIES.toLocaleString('en-GB')} entries ${withPayloads ? 'with 2 KB of content' : 'without content'}`;
    const { rate, wall, seconds, peak } = verify(file);
    print(
      what,
      `${Math.round(rate).toLocaleString('en-GB')} entries/s of CPU (${seconds.toFixed(1)} s, ${wall.toFixed(1)} s by the clock)`,
    );
    print('  bundle, memory at most', `${(statSync(file).size / 1e6).toFixed(0)} MB, ${peak.toFixed(0)} MB`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
