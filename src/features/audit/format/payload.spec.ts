import { createHmac, generateKeyPairSync, hkdfSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { canonicalJson } from '../../../contract/canonical-json';
import { batchStatement, signBatch, statementHash, verifyBatch } from './batch';
import { joinHeaders, joinPayloads, splitBatch } from './batch-columns';
import { parseCanonical } from './canonical';
import { rawPublicKey } from './ed25519';
import { commitment, encryptionKey, entryKey, keyCommit } from './entry-keys';
import type { Header } from './header';
import { sha256 } from './hashes';
import { isCommittedTo, openEntry, type OpenHeader, sealEntry, sealingSteps } from './payload';
import { certify, verifyCertificate, writerId } from './writer-certificate';

const dataKey = { id: `dk_${'x'.repeat(22)}`, key: randomBytes(32) };
const header: OpenHeader = {
  v: 1,
  log: 'log.example/audit',
  entry_id: '019ab2f0-1111-7abc-8def-000000000001',
  ts: '2026-11-20T20:45:01.123Z',
  writer: `w_${'y'.repeat(22)}`,
  event: 'llm.request',
  tenant: 't_1',
  metadata: { chars: 12, nested: { ok: true } },
};
const payload = { request: { dialect: 'x', body: { temperature: 0.5, stop: null, text: 'olá 👋' } } };

describe('keys of an entry', () => {
  it('are the HKDF and HMAC of node', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uuid(), (key, id) => {
        const entry = entryKey(key, id);
        expect(entry).toEqual(Buffer.from(hkdfSync('sha256', key, id, 'gatehouse/entry/v1', 32)));
        const mac = (text: string) => createHmac('sha256', entry).update(text).digest();
        expect(encryptionKey(entry)).toEqual(mac('gatehouse/enc/v1'));
        expect(keyCommit(entry)).toBe(mac('gatehouse/keycommit/v1').toString('hex'));
        const secret = mac('gatehouse/commit/v1');
        const prompt = createHmac('sha256', secret)
          .update(`prompt\0${canonicalJson([id])}`)
          .digest('hex');
        expect(commitment(entry, 'prompt', [id])).toBe(`hmac-sha256:${prompt}`);
      }),
    );
  });
});

describe('a sealed entry', () => {
  const sealed = sealEntry(dataKey, header, payload, { prompt: ['hello'], response: { a: 1 } });
  const ciphertext = sealed.ciphertext as Buffer;
  const key = entryKey(dataKey.key, header.entry_id);
  const fields = parseCanonical(sealed.header) as unknown as Header;

  it('is canonical, whatever its flags say', () => {
    const flags = ['"entry_id":', ',"entry_id":"', '{"entry_id":1}', '\\"entry_id":'];
    const { header: text } = sealEntry(
      dataKey,
      { ...header, compliance_flags: flags, cost_micros: '"entry_id":' },
      payload,
    );
    expect(parseCanonical(text)).toMatchObject({
      entry_id: header.entry_id,
      compliance_flags: flags,
      ct_len: expect.any(Number) as number,
    });
  });

  it('opens with its key', () => {
    expect(openEntry(key, sealed.header, ciphertext)).toEqual(payload);
    expect(fields.ct_len).toBe(ciphertext.length);
    expect(ciphertext.length).toBe(Buffer.byteLength(canonicalJson(payload)) + 29);
  });

  it('proves its commitments', () => {
    expect(isCommittedTo(key, fields, 'prompt', ['hello'])).toBe(true);
    expect(isCommittedTo(key, fields, 'prompt', ['hullo'])).toBe(false);
    expect(isCommittedTo(key, fields, 'response', { a: 1 })).toBe(true);
  });

  it('does not open with another key, elsewhere, or changed', () => {
    expect(() => openEntry(randomBytes(32), sealed.header, ciphertext)).toThrow('the key is not');
    const other = sealEntry(dataKey, { ...header, tenant: 't_2' }, payload);
    expect(() => openEntry(key, other.header, ciphertext)).toThrow('the ciphertext is not');
    // even when whoever moved it has repaired the hash
    const moved = other.header
      .replace(/"ct_hash":"[^"]+"/, `"ct_hash":"${fields.ct_hash}"`)
      .replace(/"ct_len":\d+/, `"ct_len":${fields.ct_len}`);
    expect(() => openEntry(key, moved, ciphertext)).toThrow('does not open');
    for (const at of [0, 1, 20, ciphertext.length - 1]) {
      const changed = Buffer.from(ciphertext);
      changed[at]! ^= 1;
      expect(() => openEntry(key, sealed.header, changed)).toThrow('the ciphertext is not');
    }
  });

  it('never has the same nonce twice', () => {
    const nonces = Array.from({ length: 2_000 }, () =>
      (sealEntry(dataKey, header, {}).ciphertext as Buffer).toString('hex', 1, 13),
    );
    expect(new Set(nonces).size).toBe(2_000);
  });

  it('pauses while a long content is sealed, and not at all for a short one', () => {
    const seal = (text: string) => {
      const steps = sealingSteps(dataKey, header, { request: text }, { prompt: text, response: text });
      for (let pauses = 0; ; pauses++) {
        const { done, value } = steps.next();
        if (done) return { pauses, ...value };
      }
    };
    expect(seal('short').pauses).toBe(0);
    const long = 'word '.repeat(100_000);
    const { pauses, header: text, ciphertext } = seal(long);
    expect(pauses).toBe(6);
    expect(openEntry(key, text, ciphertext as Buffer)).toEqual({ request: long });
    expect(isCommittedTo(key, JSON.parse(text) as Header, 'response', long)).toBe(true);
  });

  it('needs no key without content, and has no ciphertext without payload', () => {
    expect(sealEntry(undefined, header)).toEqual({ header: expect.not.stringContaining('key_') as string });
    const committed = sealEntry(dataKey, header, undefined, { prompt: 1 });
    expect(committed.ciphertext).toBeUndefined();
    expect(parseCanonical(committed.header)).toMatchObject({ key_id: dataKey.id, key_commit: fields.key_commit });
    expect(committed.header).not.toContain('ct_');
    expect(() => sealEntry(undefined, header, {})).toThrow('needs a data key');
  });
});

describe('a batch', () => {
  const writer = generateKeyPairSync('ed25519');
  const raw = rawPublicKey(writer.publicKey);
  const statement = {
    origin: 'log.example/audit',
    writer: writerId(raw),
    lane: 2,
    previous: sha256('x'),
    n: 3,
    root: sha256('y'),
  };

  it('is signed by its writer', () => {
    const text = batchStatement(statement);
    expect(text).toBe(
      `gatehouse-audit-batch/v1\nlog.example/audit\n${writerId(raw)}\n2\n${sha256('x').toString('base64')}\n3\n${sha256('y').toString('base64')}\n`,
    );
    const signature = signBatch(text, writer.privateKey);
    expect(verifyBatch(text, writer.publicKey, signature)).toBe(true);
    expect(verifyBatch(batchStatement({ ...statement, lane: 3 }), writer.publicKey, signature)).toBe(false);
    expect(verifyBatch(text, writer.publicKey, signature.subarray(1))).toBe(false);
    expect(batchStatement({ ...statement, lane: 1, previous: undefined }).split('\n')[4]).toBe('');
    expect(statementHash(text)).toEqual(sha256(text));
  });

  it('has a writer that the log admits', () => {
    const log = generateKeyPairSync('ed25519');
    const certificate = certify('log.example/audit', raw, log.privateKey);
    expect(writerId(raw)).toMatch(/^w_[\w-]{22}$/);
    expect(verifyCertificate('log.example/audit', raw, log.publicKey, certificate)).toBe(true);
    expect(verifyCertificate('log.example/audit#2', raw, log.publicKey, certificate)).toBe(false);
    expect(verifyCertificate('log.example/audit', raw, writer.publicKey, certificate)).toBe(false);
  });

  it('is stored in two columns', () => {
    const entries = [
      sealEntry(dataKey, header, payload),
      sealEntry(undefined, header),
      sealEntry(dataKey, header, { b: 'x\ny' }),
    ];
    const [headers, payloads] = [
      joinHeaders(entries.map(({ header }) => header)),
      joinPayloads(entries.map(({ ciphertext }) => ciphertext)),
    ];
    expect(splitBatch(headers, payloads)).toEqual(entries);
    expect(() => splitBatch(headers, payloads.subarray(1))).toThrow('bytes of payload');
    expect(() => splitBatch(headers, Buffer.concat([payloads, payloads]))).toThrow('bytes of payload');
  });
});
