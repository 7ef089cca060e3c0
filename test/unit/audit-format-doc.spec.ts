import { createCipheriv, createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { canonicalJson } from '../../src/contract/canonical-json';
import { encodeBase64 } from '../../src/features/audit/format/base64';
import { batchStatement, signBatch, statementHash } from '../../src/features/audit/format/batch';
import { canonicalise } from '../../src/features/audit/format/canonical';
import { checkpointBody } from '../../src/features/audit/format/checkpoint';
import { cosign } from '../../src/features/audit/format/cosignature';
import { rawPublicKey } from '../../src/features/audit/format/ed25519';
import { commitment, encryptionKey, entryKey, keyCommit } from '../../src/features/audit/format/entry-keys';
import { rootOver } from '../../src/features/audit/format/frontier';
import { leafHash } from '../../src/features/audit/format/hashes';
import { EVENTS, type PlainObject } from '../../src/features/audit/format/header';
import { signatureLine, signNote } from '../../src/features/audit/format/note';
import { ciphertextHash, openEntry } from '../../src/features/audit/format/payload';
import { inclusionProof } from '../../src/features/audit/format/proofs';
import { formatTlogProof } from '../../src/features/audit/format/tlog-proof';
import { formatVkey, KEY_TYPE, parseVkey } from '../../src/features/audit/format/vkey';
import { certificateText, certify, writerId } from '../../src/features/audit/format/writer-certificate';
import { piecesOf } from '../../src/features/audit/verifier/pieces-of';
import { type Trust, verifyBundle } from '../../src/features/audit/verifier/verify-bundle';
import { examples } from '../support/audit-examples';

const DOCS = resolve(__dirname, '../../docs');
const PAGE = join(DOCS, 'audit-format.md');
const BLOCK = /```json example\n([\s\S]*?)```/;
const ORIGIN = 'gatehouse.example.com/audit';

function keyOf(byte: number): KeyObject {
  const seed = Buffer.alloc(32, byte);
  const key = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

/** Everything that the page shows, made by the code; the ciphertext, whose nonce is random there, by the recipe of the page. */
async function example(): Promise<Record<string, unknown>> {
  const [log, writer, witness] = [keyOf(1), keyOf(2), keyOf(3)];
  const dataKey = Buffer.alloc(32, 4);
  const raw = rawPublicKey(writer);
  const certificate = certify(ORIGIN, raw, log);
  const stamp = (number: number) => ({
    v: 1,
    log: ORIGIN,
    entry_id: `019ab2f0-0000-7000-8000-00000000000${number}`,
    ts: `2026-11-20T20:45:0${number}.000Z`,
    writer: writerId(raw),
  });
  const metadata = { writer_key: encodeBase64(raw), certificate: encodeBase64(certificate), heartbeat_seconds: 60 };
  const first = canonicalise({ ...stamp(1), event: 'writer.open', metadata });

  const { entry_id: id } = stamp(2);
  const key = entryKey(dataKey, id);
  const body = { messages: [{ role: 'user', content: 'Olá' }], model: 'fast', temperature: 0.5 };
  const prompt = { messages: body.messages };
  const committed: PlainObject = {
    ...stamp(2),
    event: 'llm.request',
    tenant: 't_1',
    key_id: 'dk_AAAAAAAAAAAAAAAAAAAAAA',
    key_commit: keyCommit(key),
    prompt_hash: commitment(key, 'prompt', prompt),
  };
  const content = canonicalJson({ request: { dialect: 'openai', body } });
  const data = `gatehouse-payload/v1\n${canonicalise(committed)}`;
  const nonce = Buffer.alloc(12, 5);
  const cipher = createCipheriv('aes-256-gcm', encryptionKey(key), nonce);
  cipher.setAAD(Buffer.from(data));
  const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
  const ciphertext = Buffer.concat([Buffer.of(1), nonce, sealed, cipher.getAuthTag()]);
  const second = canonicalise({ ...committed, ct_hash: ciphertextHash(ciphertext), ct_len: ciphertext.length });
  expect(canonicalJson(openEntry(key, second, ciphertext))).toBe(content);

  const leaves = [leafHash(first), leafHash(second)];
  const root = rootOver(leaves);
  const statement = batchStatement({ origin: ORIGIN, writer: writerId(raw), lane: 1, n: 2, root });
  const text = checkpointBody({ origin: ORIGIN, size: 2, root });
  const checkpoint =
    signNote(text, ORIGIN, log) + signatureLine(cosign(text, 'witness.example.com/w1', witness, 1_795_000_000));
  const hashes = await inclusionProof(1, 2, (nodes) => nodes.map(({ index }) => leaves[index] as Buffer));
  return {
    vkey: formatVkey(ORIGIN, KEY_TYPE.note, log),
    witness_vkey: formatVkey('witness.example.com/w1', KEY_TYPE.cosignature, witness),
    writer: writerId(raw),
    certificate_text: certificateText(ORIGIN, raw),
    certificate_base64: encodeBase64(certificate),
    header_0: first,
    leaf_0: leaves[0]?.toString('hex'),
    k_entry: key.toString('hex'),
    k_enc: encryptionKey(key).toString('hex'),
    key_commit: keyCommit(key),
    prompt: canonicalJson(prompt),
    content,
    additional_data: data,
    ciphertext: ciphertext.toString('hex'),
    header_1: second,
    leaf_1: leaves[1]?.toString('hex'),
    root: root.toString('hex'),
    statement,
    statement_hash: statementHash(statement).toString('hex'),
    statement_signature_base64: encodeBase64(signBatch(statement, writer)),
    checkpoint,
    proof_of_1: formatTlogProof({ index: 1, hashes, checkpoint, extra: Buffer.from(second) }),
  };
}

const folder = join(DOCS, 'audit-format');

const trustIn = ({ vkey, outside }: { vkey: string; outside?: string | undefined }): Trust => ({
  vkeys: [parseVkey(vkey)],
  ...(outside !== undefined && { outside: [{ name: 'kept', text: outside }] }),
});

async function writeExamples(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const expected: Record<string, object> = {};
  for (const [name, { bundle, ...brought }] of Object.entries(await examples())) {
    writeFileSync(join(folder, name), bundle);
    const report = await verifyBundle(piecesOf(join(folder, name)), trustIn(brought));
    const { verdict, first_bad, log, size, root, entries, batches, writers, content } = report;
    expected[name] = {
      ...brought,
      verdict,
      report: { log, size, root, entries, batches, writers, content, first_bad },
    };
  }
  writeFileSync(join(folder, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
}

describe('docs/audit-format.md', () => {
  const page = readFileSync(PAGE, 'utf8');

  it('shows what the code makes', async () => {
    const expected = await example();
    // GATEHOUSE_TEST_WRITE=1 writes the example anew: look at what has changed
    const written = page.replace(BLOCK, () => `\`\`\`json example\n${JSON.stringify(expected, null, 2)}\n\`\`\``);
    if (process.env['GATEHOUSE_TEST_WRITE']) writeFileSync(PAGE, written);
    expect(JSON.parse(BLOCK.exec(readFileSync(PAGE, 'utf8'))?.[1] ?? '')).toEqual(expected);
  });

  it('names every event', () => {
    const [, table = ''] = /\n## Events\n([\s\S]*?)\n## /.exec(page) ?? [];
    expect(EVENTS.filter((event) => !table.includes(`\`${event}\``))).toEqual([]);
  });

  it('comes with bundles that verify as it says', async () => {
    if (process.env['GATEHOUSE_TEST_WRITE']) await writeExamples();
    const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
      string,
      { vkey: string; verdict: string; outside: string | undefined; report: object }
    >;
    expect(Object.keys(expected)).toHaveLength(6);
    for (const [name, { vkey, verdict, outside, report }] of Object.entries(expected)) {
      const source = piecesOf(join(folder, name));
      const found = await verifyBundle(source, trustIn({ vkey, outside }));
      expect({ name, ...found }).toMatchObject({ name, verdict, ...report });
    }
  });
});
