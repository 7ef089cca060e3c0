import { Secret } from './secret';
import { signed, type AwsRequest, type AwsScope } from './sigv4';

const signatureOf = (headers: Record<string, string>) => /Signature=(\w+)$/.exec(headers['authorization'] ?? '')?.[1];

/** From AWS's documentation and its published test suite. */
const SUITE = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY') };
const S3 = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
};
const at2015 = new Date('2015-08-30T12:36:00Z');
const at2013 = new Date('2013-05-24T00:00:00Z');

describe('AWS Signature Version 4', () => {
  const scope: AwsScope = { region: 'us-east-1', service: 'service' };
  const suite = (over: Partial<AwsRequest> & { at?: string } = {}) =>
    signatureOf(
      signed(
        { method: 'GET', url: new URL(over.at ?? 'https://example.amazonaws.com/'), ...over },
        SUITE,
        scope,
        at2015,
      ),
    );

  it.each([
    ['get-vanilla', suite(), '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-vanilla-query-order-key-case',
      suite({ at: 'https://example.amazonaws.com/?Param2=value2&Param1=value1' }),
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    ['post-vanilla', suite({ method: 'POST' }), '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'post-x-www-form-urlencoded',
      suite({
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'Param1=value1',
      }),
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
    [
      'get-header-value-trim',
      suite({ headers: { 'My-Header1': ' value1', 'My-Header2': ' "a   b   c"' } }),
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    ],
  ])('signs %s of the test suite as AWS does', (_, found, expected) => {
    expect(found).toBe(expected);
  });

  it('signs the example of the IAM documentation', () => {
    const headers = signed(
      {
        method: 'GET',
        url: new URL('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08'),
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      },
      SUITE,
      { region: 'us-east-1', service: 'iam' },
      at2015,
    );
    expect(headers['authorization']).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    );
  });

  it('signs the examples of the S3 documentation, whose paths are encoded once', () => {
    const s3 = (request: Omit<AwsRequest, 'url'> & { path: string }) =>
      signatureOf(
        signed(
          { ...request, url: new URL(request.path, 'https://examplebucket.s3.amazonaws.com') },
          S3,
          { region: 'us-east-1', service: 's3' },
          at2013,
        ),
      );
    expect(s3({ method: 'GET', path: '/test.txt', headers: { Range: 'bytes=0-9' } })).toBe(
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
    const put = {
      method: 'PUT',
      path: '/test$file.text',
      headers: { Date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      body: 'Welcome to Amazon S3.',
    };
    expect(s3(put)).toBe('98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd');
    expect(s3({ method: 'GET', path: '/?lifecycle' })).toBe(
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    );
    expect(s3({ method: 'GET', path: '/?max-keys=2&prefix=J' })).toBe(
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    );
  });

  it('signs the token of lent credentials, and says it', () => {
    const headers = signed(
      { method: 'POST', url: new URL('https://kms.eu-west-1.amazonaws.com/'), body: '{}' },
      { ...SUITE, sessionToken: new Secret('token') },
      { region: 'eu-west-1', service: 'kms' },
      at2015,
    );
    expect(headers).toMatchObject({ 'x-amz-security-token': 'token', 'x-amz-date': '20150830T123600Z' });
    expect(headers['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token');
  });
});
