import { readFile } from 'node:fs/promises';
import { askService } from '../ask-service';
import { Secret } from '../secret';
import { SecretUnavailable } from '../secret-unavailable';
import type { AwsCredentials } from '../sigv4';
import { textOf, type Variables } from '../variables';

/** Credentials, and until when they hold; those of the environment for ever. */
export interface LentCredentials extends AwsCredentials {
  readonly expiresAt?: number | undefined;
}
type Source = (variables: Variables) => Promise<LentCredentials | undefined>;

const METADATA_MS = 1_000;
const SESSION_NAME = 'gatehouse';

/** Where a process on AWS finds its credentials, first come first served; undefined: this source is not set up. */
export const AWS_CREDENTIAL_SOURCES: readonly Source[] = [fromEnvironment, fromWebIdentity, fromContainer, fromMachine];

function fromEnvironment(variables: Variables): Promise<LentCredentials | undefined> {
  const [id, secret] = [textOf(variables, 'AWS_ACCESS_KEY_ID'), textOf(variables, 'AWS_SECRET_ACCESS_KEY')];
  const token = textOf(variables, 'AWS_SESSION_TOKEN');
  if (!id || !secret) return Promise.resolve(undefined);
  return Promise.resolve({
    accessKeyId: id,
    secretAccessKey: new Secret(secret),
    ...(token ? { sessionToken: new Secret(token) } : {}),
  });
}

/** A Kubernetes service account that may take a role (IRSA). */
async function fromWebIdentity(variables: Variables): Promise<LentCredentials | undefined> {
  const file = textOf(variables, 'AWS_WEB_IDENTITY_TOKEN_FILE');
  const role = textOf(variables, 'AWS_ROLE_ARN');
  if (!file || !role) return undefined;
  const region = textOf(variables, 'AWS_REGION') ?? textOf(variables, 'AWS_DEFAULT_REGION');
  const endpoint =
    textOf(variables, 'AWS_ENDPOINT_URL_STS') ?? `https://sts.${region ? `${region}.` : ''}amazonaws.com`;
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: textOf(variables, 'AWS_ROLE_SESSION_NAME') ?? SESSION_NAME,
    WebIdentityToken: await tokenIn(file),
  });
  const { status, text } = await askService('AWS STS', new URL('/', endpoint), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
  });
  const field = (name: string): string | undefined => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
  if (status !== 200) throw refused('AWS STS', status, field('Code'));
  return lent('AWS STS', {
    id: field('AccessKeyId'),
    secret: field('SecretAccessKey'),
    token: field('SessionToken'),
    expires: field('Expiration'),
  });
}

/** ECS tasks, and EKS pods with a pod identity. */
async function fromContainer(variables: Variables): Promise<LentCredentials | undefined> {
  const relative = textOf(variables, 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  const full = textOf(variables, 'AWS_CONTAINER_CREDENTIALS_FULL_URI');
  if (!relative && !full) return undefined;
  const url = relative ? new URL(relative, 'http://169.254.170.2') : URL.parse(full ?? '');
  if (!url || !mayHaveToken(url))
    throw new SecretUnavailable('AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or an address of this machine');
  const file = textOf(variables, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  const token = file ? await tokenIn(file) : textOf(variables, 'AWS_CONTAINER_AUTHORIZATION_TOKEN');
  return fromMetadata('the credentials endpoint of the container', url, token ? { authorization: token } : {});
}

/** EC2: version 2 of its metadata service, which a forged request of somebody else cannot reach. */
async function fromMachine(variables: Variables): Promise<LentCredentials | undefined> {
  if (/^true$/i.test(textOf(variables, 'AWS_EC2_METADATA_DISABLED') ?? '')) return undefined;
  const who = 'the metadata service of EC2';
  const endpoint = textOf(variables, 'AWS_EC2_METADATA_SERVICE_ENDPOINT') ?? 'http://169.254.169.254';
  const token = await askService(who, new URL('/latest/api/token', endpoint), {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' },
    deadlineMs: METADATA_MS,
  });
  if (token.status !== 200) throw refused(who, token.status);
  const headers = { 'x-aws-ec2-metadata-token': token.text.trim() };
  const roles = new URL('/latest/meta-data/iam/security-credentials/', endpoint);
  const role = await askService(who, roles, { headers, deadlineMs: METADATA_MS });
  const name = role.text.trim().split('\n')[0];
  if (role.status !== 200 || !name) throw new SecretUnavailable('the machine has no IAM role');
  return fromMetadata(who, new URL(encodeURIComponent(name), roles), headers);
}

async function fromMetadata(who: string, url: URL, headers: Record<string, string>): Promise<LentCredentials> {
  const { status, json } = await askService(who, url, { headers, deadlineMs: METADATA_MS });
  if (status !== 200) throw refused(who, status);
  const text = (name: string): string | undefined => {
    const value = json?.[name];
    return typeof value === 'string' ? value : undefined;
  };
  return lent(who, {
    id: text('AccessKeyId'),
    secret: text('SecretAccessKey'),
    token: text('Token'),
    expires: text('Expiration'),
  });
}

interface Fields {
  readonly id: string | undefined;
  readonly secret: string | undefined;
  readonly token: string | undefined;
  readonly expires: string | undefined;
}

function lent(who: string, { id, secret, token, expires }: Fields): LentCredentials {
  if (!id || !secret || !token) throw new SecretUnavailable(`${who} answered without credentials`, true);
  const until = Date.parse(expires ?? '');
  return {
    accessKeyId: id,
    secretAccessKey: new Secret(secret),
    sessionToken: new Secret(token),
    expiresAt: Number.isFinite(until) ? until : Date.now(),
  };
}

/** A token is sent there: over TLS, or no further than this machine and the link. */
function mayHaveToken({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true;
  return (
    protocol === 'http:' &&
    (hostname === 'localhost' ||
      /^127\.|^169\.254\.170\.(2|23)$/.test(hostname) ||
      /^\[(::1|fd00:ec2::23)\]$/.test(hostname))
  );
}

async function tokenIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new SecretUnavailable(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`);
  }
}

function refused(who: string, status: number, code?: string): SecretUnavailable {
  const known = code && /^[\w.]{1,64}$/.test(code) ? ` ${code}` : '';
  return new SecretUnavailable(`${who} answered ${status}${known}`, status === 429 || status >= 500);
}
