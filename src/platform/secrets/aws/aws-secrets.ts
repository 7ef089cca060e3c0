import { isObject } from '../../../contract/json';
import { versionText } from '../scalar-text';
import { SecretBackend, type Reading } from '../secret-backend';
import type { AwsReference } from '../secret-reference';
import { SecretUnavailable } from '../secret-unavailable';
import type { AwsClient } from './aws-client';

/** AWS Secrets Manager. A binary secret is given in base64. */
export class AwsSecrets extends SecretBackend<AwsReference> {
  constructor(private readonly aws: AwsClient) {
    super();
  }

  override async read({ id, field, stage }: AwsReference, signal?: AbortSignal): Promise<Reading> {
    const answer = await this.aws.call(
      {
        service: 'secretsmanager',
        target: 'secretsmanager.GetSecretValue',
        body: { SecretId: id, ...(stage ? { VersionStage: stage } : {}) },
        arn: id.startsWith('arn:') ? id : undefined,
      },
      signal,
    );
    const value = answer['SecretString'] ?? answer['SecretBinary'];
    if (typeof value !== 'string') throw new SecretUnavailable('AWS Secrets Manager answered without a value', true);
    return { value: field ? fieldOf(value, field) : value, version: versionText(answer['VersionId']) };
  }
}

function fieldOf(text: string, path: string): string {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw new SecretUnavailable(`the secret is not JSON and has no field ${path}`);
  }
  for (const name of path.split('.')) found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  if (typeof found === 'string' || typeof found === 'number') return String(found);
  throw new SecretUnavailable(`the secret has no field ${path} that is text`);
}
