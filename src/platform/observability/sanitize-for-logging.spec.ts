import { KeyedHash } from '../secrets/keyed-hash';
import { sanitizeForLogging } from './sanitize-for-logging';
import { Scrubber } from './scrubber';

const hash = new KeyedHash(Buffer.alloc(32, 7));
const scrubber = new Scrubber();
scrubber.protect('A', 'a-secret-of-ours');
scrubber.detectWith((text) =>
  [...text.matchAll(/ana@mail/g)].map(({ index }) => ({ start: index, end: index + 8, entity: 'EMAIL' })),
);

describe('sanitizeForLogging', () => {
  it('says how long a text is, and a hash that another tenant does not share', () => {
    const facts = sanitizeForLogging('my question', { hash, tenantId: 't1', scrubber });
    expect(facts).toEqual({ hash: expect.stringMatching(/^[\w-]{22}$/), length: 11 });
    expect(sanitizeForLogging('my question', { hash, tenantId: 't1', scrubber })).toEqual(facts);
    expect(sanitizeForLogging('my question', { hash, tenantId: 't2', scrubber }).hash).not.toBe(facts.hash);
  });

  it('shows how it begins only where that is wanted: scrubbed, on one line, in 80 characters', () => {
    const text = `ana@mail says\n\u001b[2Ja-secret-of-ours \u202e${'x'.repeat(200)}`;
    const { preview } = sanitizeForLogging(text, { hash, tenantId: 't', preview: true, scrubber });
    expect(preview).toHaveLength(80);
    expect(preview).toMatch(/^\[EMAIL\] says\\u000a\\u001b\[2J\[secret A\] \\u202ex+$/);
  });

  it('does not show half of what begins in the preview and ends behind it', () => {
    const text = `${'x'.repeat(72)} a-secret-of-ours`;
    const { preview } = sanitizeForLogging(text, { hash, tenantId: 't', preview: true, scrubber });
    expect(preview).toBe(`${'x'.repeat(72)} [secret`);
  });
});
