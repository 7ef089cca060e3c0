import { inspect } from 'node:util';
import { parseKeyReference } from './key-reference';
import { parseReference, schemeOf } from './secret-reference';

const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/openai-AbCdEf';

describe('a reference to a secret', () => {
  it.each([
    ['env:OPENAI_KEY', { scheme: 'env', variable: 'OPENAI_KEY' }],
    ['file:/run/secrets/key', { scheme: 'file', path: '/run/secrets/key' }],
    ['file:C:\\keys\\a b', { scheme: 'file', path: 'C:\\keys\\a b' }],
    ['aws-sm:app/openai', { scheme: 'aws-sm', id: 'app/openai', field: undefined, stage: undefined }],
    ['aws-sm:app/openai#a.b', { id: 'app/openai', field: 'a.b', stage: undefined }],
    [`aws-sm:${ARN}#key@AWSPREVIOUS`, { id: ARN, field: 'key', stage: 'AWSPREVIOUS' }],
    ['aws-sm:app@AWSPENDING', { id: 'app', stage: 'AWSPENDING' }],
    ['aws-sm:me@example@AWSCURRENT', { id: 'me@example', stage: 'AWSCURRENT' }],
    ['gcp-sm:projects/p-1/secrets/s_2', { secret: 'projects/p-1/secrets/s_2', version: 'latest' }],
    ['gcp-sm:projects/p/secrets/s/versions/7', { secret: 'projects/p/secrets/s', version: '7' }],
    ['vault:secret/data/team/openai#api key', { path: 'secret/data/team/openai', field: 'api key' }],
    ['vault:team/kv/data/x#y', { path: 'team/kv/data/x', field: 'y' }],
  ])('%s is understood', (text, expected) => {
    expect(parseReference(text)).toMatchObject({ text, ...expected });
  });

  it.each([
    'env:',
    'env:9',
    'env:A B',
    'file:',
    'aws-sm:#x',
    'aws-sm:a#',
    'aws-sm:a b',
    'gcp-sm:projects/p',
    'gcp-sm:projects/p/secrets/s/versions/',
    'gcp-sm:projects/p/../x/secrets/s',
    'vault:secret/openai#key',
    'vault:secret/data/openai',
    'vault:secret/data/openai#',
    'vault:secret/data/../../sys/x#y',
    'vault:/secret/data/x#y',
    'vault:secret/data//x#y',
    'literal:',
  ])('%s is not', (text) => {
    expect([schemeOf(text), parseReference(text)]).toEqual([expect.any(String), undefined]);
  });

  it.each(['sk-123', 'postgres://u:p@h/d', 'redis://h', 'https://x', '', ':', 'constructor:x', 'toString:x'])(
    '%j is a value',
    (text) => {
      expect([schemeOf(text), parseReference(text)]).toEqual([undefined, undefined]);
    },
  );

  it('does not show a literal', () => {
    const literal = parseReference('literal:canary');
    expect(inspect(literal, { depth: null })).not.toContain('canary');
    expect(literal?.scheme === 'literal' && literal.value.reveal()).toBe('canary');
  });
});

describe('a reference to a key', () => {
  const kms = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

  it('names a derived key, a secret, or a key that never leaves', () => {
    expect(parseKeyReference('master-key')).toEqual({ kind: 'master-key' });
    expect(parseKeyReference('vault-transit:transit/keys/audit')).toEqual({
      kind: 'vault-transit',
      path: 'transit/keys/audit',
    });
    expect(parseKeyReference(`aws-kms:${kms}`)).toEqual({ kind: 'aws-kms', arn: kms });
    expect(parseKeyReference(`aws-kms:${kms.replace(/key\/.*/, 'alias/audit')}`)).toMatchObject({ kind: 'aws-kms' });
    expect(parseKeyReference('file:/run/kek')).toEqual({ kind: 'secret', reference: 'file:/run/kek' });
  });

  it.each([
    '',
    'master',
    'vault-transit:transit/audit',
    'vault-transit:../keys/a',
    'vault-transit:t/keys/a/b',
    'aws-kms:x',
  ])('is not %j', (text) => {
    expect(parseKeyReference(text)).toBeUndefined();
  });
});
