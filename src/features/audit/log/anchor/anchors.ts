import { ConfigError } from '../../../../platform/config/problems';
import { AwsCredentialsChain } from '../../../../platform/secrets/aws/aws-credentials-chain';
import type { Variables } from '../../../../platform/secrets/variables';
import type { Anchor } from './anchor';
import { FileAnchor } from './file-anchor';
import { HttpAnchor } from './http-anchor';
import { S3Anchor } from './s3-anchor';

/** This machine and no name that only begins like it. */
const LOCAL = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** @throws ConfigError naming what cannot be used */
export function anchorsOf(urls: readonly string[], lockMonths: number, variables: Variables): Anchor[] {
  const chain = new AwsCredentialsChain(variables);
  const problems: string[] = [];
  const anchors = urls.flatMap((text, i): Anchor[] => {
    const { protocol, hostname } = URL.parse(text) ?? { protocol: '', hostname: '' };
    if (protocol === 'file:') return [new FileAnchor(text)];
    if (protocol === 'https:' || (protocol === 'http:' && LOCAL.test(hostname))) return [new HttpAnchor(text)];
    if (protocol === 's3:' && hostname) {
      const region = variables['AWS_REGION'] ?? variables['AWS_DEFAULT_REGION'] ?? 'us-east-1';
      const endpoint = variables['AWS_ENDPOINT_URL_S3'] ?? variables['AWS_ENDPOINT_URL'];
      const credentials = () => chain.credentials();
      return [new S3Anchor({ url: text, region, endpoint, credentials, lockMonths })];
    }
    problems.push(`audit.anchors[${i}]: must be file:/path, https://… or s3://bucket/prefix`);
    return [];
  });
  if (problems.length) throw new ConfigError(problems);
  return anchors;
}
