import type { JsonObject } from '../../../contract/json';
import { KeyWrapper } from '../key-wrapper';
import { scalarText } from '../scalar-text';
import { SecretUnavailable } from '../secret-unavailable';
import type { AwsClient } from './aws-client';

/** A symmetric key of AWS KMS, which it never leaves. KMS rotates it by itself: what is wrapped names the version. */
export class AwsKmsKeyWrapper extends KeyWrapper {
  override readonly id: string;

  constructor(
    private readonly arn: string,
    private readonly aws: AwsClient,
  ) {
    super();
    this.id = `aws-kms:${arn}`;
  }

  override async wrap(key: Buffer, context: string): Promise<Buffer> {
    return this.ask('Encrypt', { Plaintext: key.toString('base64'), ...this.bound(context) }, 'CiphertextBlob');
  }

  override async unwrap(wrapped: Buffer, context: string): Promise<Buffer> {
    return this.ask('Decrypt', { CiphertextBlob: wrapped.toString('base64'), ...this.bound(context) }, 'Plaintext');
  }

  private bound(context: string): JsonObject {
    return { KeyId: this.arn, EncryptionContext: { gatehouse: context } };
  }

  private async ask(operation: 'Encrypt' | 'Decrypt', body: JsonObject, field: string): Promise<Buffer> {
    const answer = await this.aws.call({ service: 'kms', target: `TrentService.${operation}`, body, arn: this.arn });
    const bytes = Buffer.from(scalarText(answer[field]), 'base64');
    if (!bytes.length) throw new SecretUnavailable(`AWS KMS answered without ${field}`, true);
    return bytes;
  }
}
