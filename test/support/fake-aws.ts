import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { FaultyServer, type Answer, type Asked } from './faulty-server';

interface Version {
  readonly id: string;
  readonly stages: Set<string>;
  readonly value: { readonly SecretString: string } | { readonly SecretBinary: string };
}
export interface AwsKeys {
  readonly id: string;
  readonly secret: string;
  /** Of credentials that were lent. */
  readonly token?: string;
}

export const AWS_KEYS: AwsKeys = { id: 'AKIAFAKE', secret: 'canary-aws-secret' };
export const KMS_KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const REGION = 'eu-west-1';

/** Secrets Manager, KMS, STS and the places where machines find credentials. What is not signed as AWS wants it is refused. */
export class FakeAws extends FaultyServer {
  /** Whom it knows; by access key. */
  readonly known = new Map<string, AwsKeys>([[AWS_KEYS.id, AWS_KEYS]]);
  readonly webIdentity = 'canary-web-identity';
  readonly containerToken = 'canary-container';
  /** How long lent credentials hold. */
  lendMs = 3_600_000;
  private readonly secrets = new Map<string, Version[]>();
  private readonly kmsKey = randomBytes(32);
  private readonly metadataToken = randomUUID();

  /** The environment of a process with keys of its own. */
  get env(): Record<string, string> {
    return { ...this.endpoints, AWS_ACCESS_KEY_ID: AWS_KEYS.id, AWS_SECRET_ACCESS_KEY: AWS_KEYS.secret };
  }

  get endpoints(): Record<string, string> {
    return {
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: this.url,
      AWS_ENDPOINT_URL_STS: this.url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: this.url,
    };
  }

  /** A new version becomes current, and the one that was becomes the previous one. */
  put(name: string, text: string | Buffer): void {
    const versions = this.secrets.get(name) ?? [];
    for (const { stages } of versions) {
      stages.delete('AWSPREVIOUS');
      if (stages.delete('AWSCURRENT')) stages.add('AWSPREVIOUS');
    }
    const value = typeof text === 'string' ? { SecretString: text } : { SecretBinary: text.toString('base64') };
    versions.push({ id: randomUUID(), stages: new Set(['AWSCURRENT']), value });
    this.secrets.set(name, versions);
  }

  protected override answer(asked: Asked): Answer {
    const { method, url, headers, body } = asked;
    if (url.pathname.startsWith('/latest/')) return this.metadata(method, url.pathname, headers);
    if (url.pathname === '/container')
      return headers['authorization'] === this.containerToken ? [200, this.lend('Token')] : [401, {}];
    if (headers['content-type'] === 'application/x-www-form-urlencoded') return this.assumeRole(body);
    const refusal = refusalOf(asked, this.known);
    if (refusal)
      return [refusal === 'ExpiredTokenException' ? 400 : 403, { __type: refusal, message: 'canary-reason' }];
    const json = JSON.parse(body.toString()) as Record<string, never>;
    switch (headers['x-amz-target']) {
      case 'secretsmanager.GetSecretValue':
        return this.secretValue(json);
      case 'TrentService.Encrypt':
      case 'TrentService.Decrypt':
        return this.kms(headers['x-amz-target'].endsWith('Encrypt'), json);
      default:
        return failed('UnknownOperationException');
    }
  }

  private secretValue({ SecretId: id, VersionStage: stage = 'AWSCURRENT' }: Record<string, string>): Answer {
    const version = this.secrets.get(id ?? '')?.find(({ stages }) => stages.has(stage));
    if (!version) return failed('ResourceNotFoundException');
    return [200, { Name: id, VersionId: version.id, VersionStages: [...version.stages], ...version.value }];
  }

  private kms(encrypt: boolean, json: Record<string, never>): Answer {
    const { KeyId, EncryptionContext, Plaintext, CiphertextBlob } = json as unknown as {
      KeyId: string;
      EncryptionContext: Record<string, string>;
      Plaintext: string;
      CiphertextBlob: string;
    };
    if (KeyId !== KMS_KEY) return failed('NotFoundException');
    const aad = Buffer.from(JSON.stringify(Object.entries(EncryptionContext).sort()));
    if (encrypt) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', this.kmsKey, nonce).setAAD(aad);
      const sealed = [nonce, cipher.update(Buffer.from(Plaintext, 'base64')), cipher.final(), cipher.getAuthTag()];
      return [200, { KeyId, CiphertextBlob: Buffer.concat(sealed).toString('base64') }];
    }
    try {
      const blob = Buffer.from(CiphertextBlob, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', this.kmsKey, blob.subarray(0, 12))
        .setAAD(aad)
        .setAuthTag(blob.subarray(-16));
      const plain = Buffer.concat([decipher.update(blob.subarray(12, -16)), decipher.final()]);
      return [200, { KeyId, Plaintext: plain.toString('base64') }];
    } catch {
      return failed('InvalidCiphertextException');
    }
  }

  /** Version 2: only who has asked for a token with PUT is answered. */
  private metadata(method: string, path: string, headers: Asked['headers']): Answer {
    if (path === '/latest/api/token')
      return method === 'PUT' && headers['x-aws-ec2-metadata-token-ttl-seconds']
        ? [200, this.metadataToken]
        : [405, {}];
    if (headers['x-aws-ec2-metadata-token'] !== this.metadataToken) return [401, {}];
    if (path === '/latest/meta-data/iam/security-credentials/') return [200, 'machine-role'];
    return path.endsWith('/machine-role') ? [200, { Code: 'Success', ...this.lend('Token') }] : [404, {}];
  }

  private assumeRole(body: Buffer): Answer {
    const form = new URLSearchParams(body.toString());
    const xml = (inner: string): string =>
      `<AssumeRoleWithWebIdentityResponse>${inner}</AssumeRoleWithWebIdentityResponse>`;
    if (form.get('WebIdentityToken') !== this.webIdentity || !form.get('RoleArn')?.startsWith('arn:aws:iam::'))
      return [400, '<ErrorResponse><Error><Code>InvalidIdentityToken</Code></Error></ErrorResponse>'];
    const lent = Object.entries(this.lend('SessionToken')).map(([name, value]) => `<${name}>${value}</${name}>`);
    return [
      200,
      xml(
        `<AssumeRoleWithWebIdentityResult><Credentials>${lent.join('')}</Credentials></AssumeRoleWithWebIdentityResult>`,
      ),
    ];
  }

  private lend(tokenName: string): Record<string, string> {
    const keys = {
      id: `ASIA${randomBytes(4).toString('hex')}`,
      secret: 'canary-lent-secret',
      token: `canary-${randomUUID()}`,
    };
    this.known.set(keys.id, keys);
    const Expiration = new Date(Date.now() + this.lendMs).toISOString();
    return { AccessKeyId: keys.id, SecretAccessKey: keys.secret, [tokenName]: keys.token, Expiration };
  }
}

const failed = (type: string): Answer => [400, { __type: `com.amazonaws.fake#${type}`, message: 'canary-reason' }];

/**
 * Checks a signature from what arrived alone, step by step as AWS describes it; shares no code with the signer.
 * @returns the error that AWS would name
 */
export function refusalOf(asked: Asked, known: ReadonlyMap<string, AwsKeys>): string | undefined {
  const { headers, body, method, target } = asked;
  const credential = /Credential=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split('/');
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1];
  const signature = /Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '')?.[1];
  const time = String(headers['x-amz-date']);
  if (!headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') || credential?.length !== 5 || !names || !signature)
    return 'MissingAuthenticationToken';
  const [id = '', day = '', region = '', service = '', end = ''] = credential;
  const keys = known.get(id);
  if (!keys) return 'UnrecognizedClientException';
  if (keys.token !== headers['x-amz-security-token']) return 'ExpiredTokenException';
  const sentAt = Date.parse(time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - sentAt) < 300_000) || !time.startsWith(day)) return 'RequestTimeTooSkewed';
  for (const must of ['host', 'x-amz-date', ...(keys.token ? ['x-amz-security-token'] : [])])
    if (!names.split(';').includes(must)) return 'IncompleteSignature';
  if (names !== names.split(';').sort().join(';')) return 'IncompleteSignature';

  const [path = '', query = ''] = target.split('?');
  let canonical = `${method}\n${path}\n${query.split('&').sort().join('&')}\n`;
  for (const name of names.split(';')) canonical += `${name}:${String(headers[name]).trim()}\n`;
  canonical += `\n${names}\n${createHash('sha256').update(body).digest('hex')}`;
  let text = `AWS4-HMAC-SHA256\n${time}\n${day}/${region}/${service}/${end}\n`;
  text += createHash('sha256').update(canonical).digest('hex');
  const kDate = createHmac('sha256', `AWS4${keys.secret}`).update(day).digest();
  const kRegion = createHmac('sha256', kDate).update(region).digest();
  const kService = createHmac('sha256', kRegion).update(service).digest();
  const kSigning = createHmac('sha256', kService).update('aws4_request').digest();
  const expected = createHmac('sha256', kSigning).update(text).digest('hex');
  if (expected !== signature || end !== 'aws4_request') return 'InvalidSignatureException';
  return region === REGION ? undefined : 'InvalidSignatureException';
}
