import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { SecretBackends, type Stored } from '../../src/platform/secrets/secret-backends';
import { parseReference } from '../../src/platform/secrets/secret-reference';
import { SecretStore } from '../../src/platform/secrets/secret-store';
import { FakeAws } from '../support/fake-aws';
import { FakeGcp } from '../support/fake-gcp';
import { FakeVault } from '../support/fake-vault';
import type { Fault } from '../support/faulty-server';

const CANARY = 'canary-value-1';
const stored = (text: string): Stored => {
  const reference = parseReference(text);
  if (!reference || reference.scheme === 'env' || reference.scheme === 'literal')
    throw new Error(`not stored: ${text}`);
  return reference;
};
const open = (text: string, env: Record<string, string>, budgetMs = 2_000) =>
  SecretStore.open([{ name: 'S', at: 'S', place: stored(text) }], new SecretBackends(env), {
    production: false,
    refreshMs: 60_000,
    graceMs: 60_000,
    budgetMs,
  });

describe('the services that keep secrets', () => {
  let aws: FakeAws;
  let gcp: FakeGcp;
  let vault: FakeVault;
  let folder: string;
  beforeEach(async () => {
    [aws, gcp, vault] = await Promise.all([new FakeAws().start(), new FakeGcp().start(), new FakeVault().start()]);
    folder = mkdtempSync(join(tmpdir(), 'backends-'));
  });
  afterEach(async () => {
    await Promise.all([aws.close(), gcp.close(), vault.close()]);
    rmSync(folder, { recursive: true });
  });
  const file = (name: string, content: string, mode = 0o600): string => {
    writeFileSync(join(folder, name), content);
    chmodSync(join(folder, name), mode);
    return join(folder, name);
  };

  /** Each kind: how a value gets there, who answers, and the ways in which a process proves who it is. */
  const KINDS = [
    {
      kind: 'AWS Secrets Manager',
      text: 'aws-sm:app/openai@AWSCURRENT',
      server: () => aws,
      put: (value: string) => aws.put('app/openai', value),
      env: () => aws.env,
    },
    {
      kind: 'AWS Secrets Manager by JSON',
      text: 'aws-sm:app/openai#providers.openai',
      server: () => aws,
      put: (value: string) => aws.put('app/openai', JSON.stringify({ providers: { openai: value } })),
      env: () => aws.env,
    },
    {
      kind: 'Google Secret Manager',
      text: 'gcp-sm:projects/p/secrets/openai',
      server: () => gcp,
      put: (value: string) => gcp.put('projects/p/secrets/openai', value),
      env: () => gcp.env,
    },
    {
      kind: 'Vault',
      text: 'vault:secret/data/team/openai#key',
      server: () => vault,
      put: (value: string) => vault.put('secret/data/team/openai', { key: value, other: 'x' }),
      env: () => vault.env,
    },
  ];

  describe.each(KINDS)('$kind', ({ text, server, put, env }) => {
    it('gives the value and its version, and the next one after a rotation', async () => {
      put(`${CANARY}\n`);
      const { store, missing } = await open(text, env());
      expect(missing).toEqual([]);
      const secret = store.get('S');
      expect([secret.current.reveal(), secret.source]).toEqual([CANARY, text]);
      const { version } = secret;
      expect(version).toMatch(/^[\w-]+$/);
      expect(await secret.refresh()).toEqual({ kind: 'same' });
      put('canary-value-2');
      expect(await secret.refresh()).toEqual({ kind: 'rotated' });
      expect([secret.current.reveal(), secret.former?.reveal()]).toEqual(['canary-value-2', CANARY]);
      expect(secret.version).not.toBe(version);
      expect(inspect([store, secret], { depth: null, showHidden: true })).not.toContain('canary');
    });

    it('is asked again while it is overloaded or broken for a moment', async () => {
      put(CANARY);
      server().faults = [429, 503, 'breaks'];
      expect((await open(text, env())).missing).toEqual([]);
    });

    it.each<[Fault, RegExp]>([
      [403, /answered 403/],
      ['garbage', /answered/],
      ['redirects', /it redirects/],
      ['hangs', /(within|in) /],
      ['breaks', /cannot be reached/],
      [429, /answered 429/],
    ])('that answers with %s at start is missing by name, without a word of what it said', async (fault, reason) => {
      put(CANARY);
      server().always(fault);
      const began = performance.now();
      const { missing } = await open(text, env(), 2_500);
      expect(performance.now() - began).toBeLessThan(5_000);
      expect(missing).toEqual([['S', expect.stringMatching(reason)]]);
      expect(JSON.stringify(missing)).not.toContain('canary');
    });

    it.each<Fault>([403, 429, 500, 'garbage', 'breaks'])(
      'that answers with %s later keeps the last value, and takes the next one',
      async (fault) => {
        put(CANARY);
        const secret = (await open(text, env())).store.get('S');
        const before = secret.version;
        put('canary-value-2');
        server().always(fault);
        const failed = await secret.refresh();
        expect(failed).toEqual({ kind: 'failed', reason: expect.not.stringContaining('canary') });
        expect([secret.current.reveal(), secret.version]).toEqual([CANARY, before]);
        server().always();
        expect(await secret.refresh()).toEqual({ kind: 'rotated' });
      },
    );

    it('is missing by name when there is no such secret', async () => {
      const { missing } = await open(text, env());
      expect(missing).toEqual([['S', expect.stringMatching(/cannot be read: .*(404|ResourceNotFound)/)]]);
    });

    it.each(['', '\n', 'changeme'])('does not take %j, neither at start nor in the place of a value', async (value) => {
      put(CANARY);
      const secret = (await open(text, env())).store.get('S');
      put(value);
      expect(await secret.refresh()).toEqual({
        kind: 'failed',
        reason: expect.stringMatching(/is (empty|a placeholder)/),
      });
      expect(secret.current.reveal()).toBe(CANARY);
      expect((await open(text, env())).missing).toHaveLength(1);
    });
  });

  it('are asked at the same time, and all that is missing is listed in the order in which it was asked for', async () => {
    vault.always('hangs');
    aws.always(403);
    const names = ['vault:a/data/b#c', 'aws-sm:none', 'gcp-sm:projects/p/secrets/none', `file:${folder}/none`];
    const requests = names.map((text, index) => ({ name: `S${index}`, at: `S${index}`, place: stored(text) }));
    const backends = new SecretBackends({ ...vault.env, ...aws.env, ...gcp.env });
    const began = performance.now();
    const options = { production: true, refreshMs: 1_000, graceMs: 0, budgetMs: 500 };
    const { missing } = await SecretStore.open(requests, backends, options);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(missing.map(([at]) => at)).toEqual(['S0', 'S1', 'S2', 'S3']);
  });

  it('say what they need when it is not there', async () => {
    const reasons = async (text: string, env: Record<string, string>) => (await open(text, env, 300)).missing[0]?.[1];
    expect(await reasons('vault:a/data/b#c', {})).toMatch('VAULT_ADDR is not set');
    expect(await reasons('vault:a/data/b#c', { VAULT_ADDR: vault.url })).toMatch('VAULT_TOKEN, VAULT_ROLE_ID');
    expect(await reasons('aws-sm:x', { ...aws.env, AWS_REGION: '' })).toMatch('AWS_REGION');
    expect(await reasons('aws-sm:x', { AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' })).toMatch(
      'there are no AWS credentials',
    );
    expect(
      await reasons('gcp-sm:projects/p/secrets/s', { GOOGLE_APPLICATION_CREDENTIALS: file('bad', '{"canary":1}') }),
    ).toMatch('not the key file of a service account');
  });

  describe('AWS', () => {
    const lent = {
      'a web identity': () => ({
        ...aws.endpoints,
        AWS_WEB_IDENTITY_TOKEN_FILE: file('identity', aws.webIdentity, 0o644),
        AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/gatehouse',
      }),
      'the container': () => ({
        ...aws.endpoints,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${aws.url}/container`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file('container', `${aws.containerToken}\n`),
      }),
      'the machine': () => aws.endpoints,
    };
    it.each(Object.entries(lent))(
      'lends credentials by %s, which are used until shortly before they end',
      async (_, env) => {
        aws.put('s', CANARY);
        const { store, missing } = await open('aws-sm:s', env());
        expect(missing).toEqual([]);
        const asked = aws.asked.length;
        await store.get('S').refresh();
        expect(aws.asked.length).toBe(asked + 1);
        expect(store.current().map((secret) => secret.reveal())).toEqual(
          expect.arrayContaining([CANARY, 'canary-lent-secret', expect.stringMatching(/^canary-[0-9a-f-]{36}$/)]),
        );
      },
    );

    it('is asked with new credentials when those that were lent end early, or are about to', async () => {
      aws.put('s', CANARY);
      const secret = (await open('aws-sm:s', aws.endpoints)).store.get('S');
      for (const id of aws.known.keys()) aws.known.delete(id);
      expect(await secret.refresh()).toEqual({ kind: 'same' });
      aws.lendMs = 60_000;
      for (const id of aws.known.keys()) aws.known.delete(id);
      await secret.refresh();
      const before = aws.asked.filter(({ url }) => url.pathname === '/latest/api/token').length;
      await secret.refresh();
      expect(aws.asked.filter(({ url }) => url.pathname === '/latest/api/token')).toHaveLength(before + 1);
    });

    it('does not take what was signed with another key', async () => {
      aws.put('s', CANARY);
      const { missing } = await open('aws-sm:s', { ...aws.env, AWS_SECRET_ACCESS_KEY: 'other' });
      expect(missing[0]?.[1]).toMatch('AWS Secrets Manager answered 403 InvalidSignatureException');
    });

    it('gives stages, binary values, and the region of an ARN', async () => {
      const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf';
      aws.put(arn, 'canary-old');
      aws.put(arn, Buffer.from('canary-bytes'));
      const env = { ...aws.env, AWS_REGION: 'us-east-1' };
      expect((await open(`aws-sm:${arn}@AWSPREVIOUS`, env)).store.get('S').current.reveal()).toBe('canary-old');
      expect((await open(`aws-sm:${arn}`, env)).store.get('S').current.reveal()).toBe(
        Buffer.from('canary-bytes').toString('base64'),
      );
    });

    it('names the field that is not there, and never sends a token over plain HTTP to another machine', async () => {
      aws.put('s', '{"a":{"b":[1]}}');
      expect((await open('aws-sm:s#a.b', aws.env)).missing[0]?.[1]).toMatch('no field a.b that is text');
      aws.put('s', 'canary text');
      expect((await open('aws-sm:s#a', aws.env)).missing[0]?.[1]).toMatch('is not JSON and has no field a');
      const env = { AWS_REGION: 'eu-west-1', AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://10.1.2.3/x' };
      expect((await open('aws-sm:s', env)).missing[0]?.[1]).toMatch('must be https');
    });
  });

  describe('Google Cloud', () => {
    it('gives a token to whoever signs for a service account', async () => {
      gcp.put('projects/p/secrets/s', CANARY);
      const { GCE_METADATA_HOST: _, ...env } = gcp.env;
      const path = file('account.json', gcp.keyFile());
      const { store } = await open('gcp-sm:projects/p/secrets/s', { ...env, GOOGLE_APPLICATION_CREDENTIALS: path });
      expect(store.get('S').current.reveal()).toBe(CANARY);
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
      const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' });
      const other = file('other.json', gcp.keyFile({ private_key }));
      const refused = await open('gcp-sm:projects/p/secrets/s', { ...env, GOOGLE_APPLICATION_CREDENTIALS: other });
      expect(refused.missing[0]?.[1]).toMatch('Google answered 400 to the request for a token');
    });

    it('is asked for another token when it no longer takes the one it gave', async () => {
      gcp.put('projects/p/secrets/s', CANARY);
      const secret = (await open('gcp-sm:projects/p/secrets/s', gcp.env)).store.get('S');
      gcp.tokens.clear();
      expect(await secret.refresh()).toEqual({ kind: 'same' });
    });

    it('gives the version that is asked for, and nothing that was damaged or is not text', async () => {
      const text = 'gcp-sm:projects/p/secrets/s';
      gcp.put('projects/p/secrets/s', CANARY);
      gcp.put('projects/p/secrets/s', Buffer.of(0xff, 0xfe, 0x00));
      const { current, version } = (await open(`${text}/versions/1`, gcp.env)).store.get('S');
      expect([current.reveal(), version]).toEqual([CANARY, '1']);
      expect((await open(text, gcp.env)).missing[0]?.[1]).toMatch('is not text');
      gcp.damaged = true;
      expect((await open(`${text}/versions/1`, gcp.env, 1_000)).missing[0]?.[1]).toMatch('damaged on its way');
    });
  });

  describe('Vault', () => {
    beforeEach(() => vault.put('secret/data/s', { key: CANARY }));
    const text = 'vault:secret/data/s#key';

    it('lets roles and service accounts in, in their namespace', async () => {
      vault.namespace = 'team/a';
      const ways: Record<string, string>[] = [
        { ...vault.appRole, VAULT_SECRET_ID: '', VAULT_SECRET_ID_FILE: file('id', `${vault.secretId}\n`) },
        {
          VAULT_ADDR: `${vault.url}/`,
          VAULT_KUBERNETES_ROLE: 'gatehouse',
          VAULT_KUBERNETES_TOKEN_FILE: file('jwt', vault.jwt, 0o644),
        },
      ];
      for (const way of ways) {
        expect((await open(text, { ...way, VAULT_NAMESPACE: 'team/a' })).missing).toEqual([]);
        expect((await open(text, way, 300)).missing).toHaveLength(1);
      }
      expect(vault.logins).toBe(2);
      const wrong = { ...vault.appRole, VAULT_SECRET_ID: 'no', VAULT_NAMESPACE: 'team/a' };
      expect((await open(text, wrong)).missing[0]?.[1]).toMatch('Vault answered 400 to the approle login');
    });

    it('is logged in to once for many, and again when the token is revoked', async () => {
      const backends = new SecretBackends(vault.appRole);
      const read = () => backends.read(stored(text), AbortSignal.timeout(2_000));
      await Promise.all(Array.from({ length: 10 }, read));
      expect(vault.logins).toBe(1);
      vault.revokeTokens();
      await Promise.all(Array.from({ length: 10 }, read));
      expect(vault.logins).toBe(2);
      await expect(backends.read(stored('vault:secret/data/forbidden#x'), AbortSignal.timeout(2_000))).rejects.toThrow(
        'answered 403',
      );
      backends.close();
    });

    it.each(['a login', 'a token of its own'])('keeps the token of %s alive', async (kind) => {
      vault.ttlMs = 2_000;
      const env = kind === 'a login' ? vault.appRole : { VAULT_ADDR: vault.url, VAULT_TOKEN: vault.newToken() };
      const backends = new SecretBackends(env);
      const read = () => backends.read(stored(text), AbortSignal.timeout(2_000));
      await read();
      await new Promise((resolve) => setTimeout(resolve, 2_300));
      const logins = vault.logins;
      await read();
      expect([vault.renewals, vault.logins]).toEqual([expect.any(Number), logins]);
      expect(vault.renewals).toBeGreaterThan(0);
      backends.close();
    });

    it('says which field is not there, and when it is not version 2', async () => {
      expect((await open('vault:secret/data/s#none', vault.env)).missing[0]?.[1]).toMatch('no field none that is text');
      expect((await open('vault:kv1/data/s#key', vault.env, 300)).missing[0]?.[1]).toMatch('not as version 2');
    });
  });

  it('files follow what is put in their place', async () => {
    const path = file('key', `${CANARY}\n`);
    const { store } = await open(`file:${path}`, {});
    const secret = store.get('S');
    expect([secret.current.reveal(), secret.version]).toEqual([CANARY, expect.stringMatching(/^\d{4}-.*Z$/)]);
    file('key', 'canary-value-2\n\n');
    expect(await secret.refresh()).toEqual({ kind: 'rotated' });
    expect(secret.current.reveal()).toBe('canary-value-2\n');
    file('key', 'canary-value-3', 0o604);
    expect(await secret.refresh()).toEqual({ kind: 'failed', reason: expect.stringContaining('chmod 600') });
    expect(secret.current.reveal()).toBe('canary-value-2\n');
  });
});
