import { createCipheriv } from 'node:crypto';
import { canonicalise } from '../format/canonical';
import { encryptionKey, keyCommit } from '../format/entry-keys';
import type { Header } from '../format/header';
import { ciphertextHash } from '../format/payload';
import { Findings } from './findings';
import { PayloadCheck } from './payload-check';

const KEY = Buffer.alloc(32, 7);

/** What a gateway would not write: any bytes as content, encrypted and on record as they should be. */
function recorded(content: string | Buffer, hashes: Pick<Header, 'prompt_hash' | 'response_hash'>) {
  const committed = { entry_id: 'e', event: 'llm.request', key_commit: keyCommit(KEY), key_id: 'dk_1', ...hashes };
  const cipher = createCipheriv('aes-256-gcm', encryptionKey(KEY), Buffer.alloc(12));
  cipher.setAAD(Buffer.from(`gatehouse-payload/v1\n${canonicalise(committed)}`));
  const body = Buffer.concat([cipher.update(content as string, 'utf8'), cipher.final()]);
  const ciphertext = Buffer.concat([Buffer.of(1), Buffer.alloc(12), body, cipher.getAuthTag()]);
  const header = { ...committed, ct_hash: ciphertextHash(ciphertext), ct_len: ciphertext.length };
  return { ciphertext, entry: { index: 3, text: canonicalise(header), header: header as unknown as Header, at: 0 } };
}

function found(content: string | Buffer, hashes: Pick<Header, 'prompt_hash' | 'response_hash'> = {}): string[] {
  const findings = new Findings();
  const check = new PayloadCheck(findings, new Map([['e', KEY]]));
  const { entry, ciphertext } = recorded(content, hashes);
  check.check(entry, ciphertext, true);
  check.finish();
  return findings.all().map(({ code, message }) => `${code}: ${message}`);
}

it('takes content that is written as all content is', () => {
  expect(found('{"a":[0.5,null,"é"],"b":{}}')).toEqual([]);
});

it.each<[string, string | Buffer, string]>([
  ['members out of order', '{"b":1,"a":2}', 'not in canonical form'],
  ['space', '{"a": 1}', 'not in canonical form'],
  ['a member that is there twice', '{"a":1,"a":1}', 'not in canonical form'],
  ['a list', '[]', 'not an object'],
  ['nothing', 'null', 'not an object'],
  ['no JSON', '{', 'JSON'],
  ['no UTF-8', Buffer.from('7b2261223a22ff227d', 'hex'), 'not UTF-8'],
])('does not take content with %s', (_, content, why) => {
  expect(found(content)).toEqual([expect.stringMatching(`^content: its content does not open: .*${why}`)]);
});

it.each([
  ['{"request":{"body":7}}', 'prompt'],
  ['{"request":{"body":[]}}', 'prompt'],
  ['{"request":{"body":""}}', 'prompt'],
  ['{"response":{}}', 'response'],
  ['{"response":7}', 'response'],
])('does not take for what was committed to what has another shape: %s', (content, what) => {
  const hashes = { prompt_hash: `hmac-sha256:${'0'.repeat(64)}`, response_hash: `hmac-sha256:${'0'.repeat(64)}` };
  expect(found(content, hashes)).toEqual([`${what}: its ${what} is not the one it committed to`]);
});
