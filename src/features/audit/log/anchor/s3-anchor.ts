import { createHash } from 'node:crypto';
import { request } from 'undici';
import { type AwsCredentials, signed } from '../../../../platform/secrets/sigv4';
import { type Anchor, type Anchored, objectName } from './anchor';

export interface S3AnchorOptions {
  /** `s3://bucket/prefix` */
  readonly url: string;
  readonly region: string;
  /** Of another service that speaks S3; the bucket is then part of the path. */
  readonly endpoint?: string | undefined;
  readonly credentials: () => Promise<AwsCredentials>;
  /** How long nobody can remove an object, the owner of the account included. */
  readonly lockMonths: number;
}

/** An object for each checkpoint, locked in COMPLIANCE mode: nobody can change or remove it before its time. */
export class S3Anchor implements Anchor {
  readonly name: string;
  private readonly base: string;

  constructor(private readonly options: S3AnchorOptions) {
    const { hostname: bucket, pathname } = new URL(options.url);
    const prefix = pathname.replace(/^\/+|\/+$/g, '');
    this.name = options.url;
    const root =
      options.endpoint === undefined
        ? `https://${bucket}.s3.${options.region}.amazonaws.com`
        : `${options.endpoint.replace(/\/+$/, '')}/${bucket}`;
    this.base = prefix ? `${root}/${prefix}` : root;
  }

  async keep(checkpoint: Anchored, signal: AbortSignal): Promise<void> {
    const { region, credentials, lockMonths } = this.options;
    const body = Buffer.from(checkpoint.note);
    const until = new Date();
    until.setUTCMonth(until.getUTCMonth() + lockMonths);
    const url = new URL(`${this.base}/${objectName(checkpoint)}`);
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      // S3 locks nothing whose bytes it cannot check
      'content-md5': createHash('md5').update(body).digest('base64'),
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': until.toISOString(),
    };
    const scope = { region, service: 's3' };
    const put = { method: 'PUT', url, headers, body };
    const answer = await request(url, {
      method: 'PUT',
      body,
      headers: signed(put, await credentials(), scope, new Date()),
      signal,
    });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`${this.name} answered ${answer.statusCode}`);
  }
}
