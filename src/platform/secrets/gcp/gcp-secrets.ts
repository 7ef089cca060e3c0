import { isObject } from '../../../contract/json';
import { askService, isPassing, type ServiceAnswer } from '../ask-service';
import { scalarText, versionText } from '../scalar-text';
import { SecretBackend, type Reading } from '../secret-backend';
import type { GcpReference } from '../secret-reference';
import { SecretUnavailable } from '../secret-unavailable';
import { textOf, type Variables } from '../variables';
import { crc32c } from './crc32c';
import type { GcpToken } from './gcp-token';

/** Google Secret Manager. The text of a payload; whatever is not UTF-8 is refused. */
export class GcpSecrets extends SecretBackend<GcpReference> {
  constructor(
    private readonly variables: Variables,
    private readonly tokens: GcpToken,
  ) {
    super();
  }

  override async read({ secret, version }: GcpReference, signal?: AbortSignal): Promise<Reading> {
    const endpoint =
      textOf(this.variables, 'CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER') ??
      'https://secretmanager.googleapis.com/';
    const url = new URL(`/v1/${secret}/versions/${version}:access`, endpoint);
    const { status, json } = await this.ask(url, signal);
    if (status !== 200) throw new SecretUnavailable(`Google Secret Manager answered ${status}`, isPassing(status));
    const payload = isObject(json?.['payload']) ? json['payload'] : {};
    const { data, dataCrc32c } = payload;
    if (typeof data !== 'string') throw new SecretUnavailable('Google Secret Manager answered without a value', true);
    const bytes = Buffer.from(data, 'base64');
    if (dataCrc32c !== undefined && scalarText(dataCrc32c) !== String(crc32c(bytes)))
      throw new SecretUnavailable('the answer of Google Secret Manager was damaged on its way', true);
    const value = bytes.toString('utf8');
    if (!Buffer.from(value).equals(bytes)) throw new SecretUnavailable('the secret is not text');
    // `latest` is answered with the number that it stands for
    return {
      value,
      version: versionText(scalarText(json?.['name']).split('/').at(-1)),
    };
  }

  private async ask(url: URL, signal: AbortSignal | undefined): Promise<ServiceAnswer> {
    for (let again = true; ; again = false) {
      const token = await this.tokens.token();
      const headers = { authorization: `Bearer ${token.reveal()}` };
      const answer = await askService('Google Secret Manager', url, { headers, signal });
      if (answer.status !== 401 || !again) return answer;
      this.tokens.forget(token);
    }
  }
}
