import type { JsonObject } from '../../../contract/json';
import { askService, isPassing } from '../ask-service';
import { SecretUnavailable } from '../secret-unavailable';
import { signed } from '../sigv4';
import { textOf, type Variables } from '../variables';
import type { AwsCredentialsChain } from './aws-credentials-chain';

export interface AwsCall {
  readonly service: 'secretsmanager' | 'kms';
  /** The operation, as `x-amz-target` spells it. */
  readonly target: string;
  readonly body: JsonObject;
  /** An ARN names its own region; else it is that of the environment. */
  readonly arn?: string | undefined;
}

const TITLES = { secretsmanager: 'AWS Secrets Manager', kms: 'AWS KMS' } as const;
const ENDPOINTS = { secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER', kms: 'AWS_ENDPOINT_URL_KMS' } as const;
const PASSING =
  /Throttl|TooManyRequests|LimitExceeded|InternalService|InternalFailure|ServiceUnavailable|KMSInternal|DependencyTimeout/;
const EXPIRED = /^(ExpiredToken|ExpiredTokenException|UnrecognizedClientException|InvalidClientTokenId)$/;

/** AWS services that speak JSON, over signed requests. */
export class AwsClient {
  constructor(
    private readonly variables: Variables,
    private readonly chain: AwsCredentialsChain,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws SecretUnavailable */
  async call(call: AwsCall, signal?: AbortSignal): Promise<JsonObject> {
    const first = await this.ask(call, signal);
    // what was lent to the machine can end before it says so
    const last = EXPIRED.test(first.code) ? await this.ask(call, signal) : first;
    if (last.status === 200 && last.json) return last.json;
    const { status, code } = last;
    const what = status === 200 ? 'something that is not JSON' : `${status} ${code}`.trim();
    throw new SecretUnavailable(
      `${TITLES[call.service]} answered ${what}`,
      status === 200 || isPassing(status) || PASSING.test(code),
    );
  }

  private async ask(
    { service, target, body, arn }: AwsCall,
    signal: AbortSignal | undefined,
  ): Promise<{ status: number; code: string; json: JsonObject | undefined }> {
    const region = this.regionOf(arn);
    const url = this.endpoint(service, region);
    const credentials = await this.chain.credentials();
    const request = {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
      body: JSON.stringify(body),
    };
    const headers = signed(request, credentials, { region, service }, new Date(this.now()));
    const { status, json } = await askService(TITLES[service], url, { ...request, headers, signal });
    const code = status === 200 ? '' : codeOf(json);
    if (EXPIRED.test(code)) this.chain.forget(credentials);
    return { status, code, json };
  }

  private regionOf(arn: string | undefined): string {
    const region =
      arn?.split(':')[3] || textOf(this.variables, 'AWS_REGION') || textOf(this.variables, 'AWS_DEFAULT_REGION');
    if (region && /^[a-z0-9-]{1,32}$/.test(region)) return region;
    throw new SecretUnavailable('the AWS region is not known: set AWS_REGION, or name the secret by its ARN');
  }

  private endpoint(service: AwsCall['service'], region: string): URL {
    const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const other = textOf(this.variables, ENDPOINTS[service]) ?? textOf(this.variables, 'AWS_ENDPOINT_URL');
    return new URL('/', other ?? `https://${service}.${region}.${suffix}`);
  }
}

/** `com.amazonaws.kms#NotFoundException` → `NotFoundException` */
function codeOf(json: JsonObject | undefined): string {
  const type = json?.['__type'] ?? json?.['code'];
  const code = typeof type === 'string' ? (type.split('#').at(-1) ?? '').split(':')[0] : '';
  return code && /^[A-Za-z.]{1,80}$/.test(code) ? code : '';
}
