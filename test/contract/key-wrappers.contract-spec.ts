import { randomBytes } from 'node:crypto';
import { keyWrappers, KEK_NAMES } from '../../src/platform/secrets/key-wrappers';
import { Secret } from '../../src/platform/secrets/secret';
import { SecretBackends } from '../../src/platform/secrets/secret-backends';
import { SecretStore } from '../../src/platform/secrets/secret-store';
import { FakeAws, KMS_KEY } from '../support/fake-aws';
import { FakeVault, TRANSIT_KEY } from '../support/fake-vault';

const masterKey = randomBytes(32);
const kek = randomBytes(32).toString('base64');
const key = randomBytes(32);

describe('key-encryption keys', () => {
  let aws: FakeAws;
  let vault: FakeVault;
  beforeEach(async () => {
    [aws, vault] = await Promise.all([new FakeAws().start(), new FakeVault().start()]);
  });
  afterEach(() => Promise.all([aws.close(), vault.close()]));

  const configured = async (use: string, previous: string[] = []) => {
    const place = { scheme: 'given' as const, text: 'env:KEK', value: new Secret(kek) };
    const names = [KEK_NAMES.use, KEK_NAMES.previous(0)];
    const { store } = await SecretStore.open(
      names.map((name) => ({ name, at: name, place })),
      new SecretBackends({ ...aws.env, ...vault.env }),
      { production: true, refreshMs: 1_000, graceMs: 0 },
    );
    return keyWrappers({ masterKey, secrets: store, audit: { kek: { use, previous } } });
  };

  const KINDS = ['master-key', 'env:KEK', `vault-transit:${TRANSIT_KEY}`, `aws-kms:${KMS_KEY}`];

  it.each(KINDS)('of the kind %s give a key back for what it was wrapped for, and for nothing else', async (text) => {
    const { use, previous } = await configured(text);
    const wrapped = await use.wrap(key, 'tenant/2026-11');
    expect([wrapped.includes(key), wrapped.includes(key.toString('base64')), previous]).toEqual([false, false, []]);
    expect(await use.wrap(key, 'tenant/2026-11')).not.toEqual(wrapped);
    expect(await use.unwrap(wrapped, 'tenant/2026-11')).toEqual(key);
    await expect(use.unwrap(wrapped, 'tenant/2026-12')).rejects.toThrow();
    const changed = Buffer.from(wrapped);
    changed[wrapped.length - 6] = (changed[wrapped.length - 6] as number) ^ 1;
    await expect(use.unwrap(changed, 'tenant/2026-11')).rejects.toThrow();
  });

  it.each(KINDS)('of the kind %s have a name that stays, by which what they wrapped is found', async (text) => {
    const [one, other] = [await configured(text), await configured('master-key', [text])];
    expect(other.previous[0]?.id).toBe(one.use.id);
    const wrapped = await one.use.wrap(key, 'c');
    expect(await other.previous[0]?.unwrap(wrapped, 'c')).toEqual(key);
  });

  it('of Vault still unwrap what was wrapped before Vault rotated them', async () => {
    const { use } = await configured(`vault-transit:${TRANSIT_KEY}`);
    const wrapped = await use.wrap(key, 'c');
    vault.rotateKey();
    const next = await use.wrap(key, 'c');
    expect([wrapped, next].map((bytes) => bytes.toString().slice(0, 9))).toEqual(['vault:v1:', 'vault:v2:']);
    for (const bytes of [wrapped, next]) expect(await use.unwrap(bytes, 'c')).toEqual(key);
  });

  it.each([
    [`vault-transit:${TRANSIT_KEY}`, () => vault],
    [`aws-kms:${KMS_KEY}`, () => aws],
  ] as const)('of the kind %s say why they cannot be used, and not what was said', async (text, server) => {
    const { use } = await configured(text);
    const wrapped = await use.wrap(key, 'c');
    for (const fault of [403, 429, 'garbage', 'breaks'] as const) {
      server().always(fault);
      const failure: unknown = await use.unwrap(wrapped, 'c').catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'SecretUnavailable', passing: fault !== 403 });
      expect(String(failure)).not.toContain('canary');
    }
    server().always('hangs');
    await expect(use.unwrap(wrapped, 'c')).rejects.toThrow('did not answer within 3 s');
  });
});
