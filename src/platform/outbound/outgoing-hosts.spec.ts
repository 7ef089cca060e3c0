import { isAllowance, OutgoingHosts } from './outgoing-hosts';

describe('OutgoingHosts', () => {
  const strict = new OutgoingHosts([]);
  const lenient = new OutgoingHosts(['127.0.0.1', '10.1.0.0/16', 'hooks.internal', 'fd00::/8']);

  it.each([
    'https://example.com/hook?x=1',
    'https://example.com:8443',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
  ])('lets %s be called', (url) => expect(strict.refusal(new URL(url))).toBeUndefined());

  it.each([
    ['http://example.com/', /https/],
    ['ftp://example.com/', /https/],
    ['https://ada:secret@example.com/', /password/],
    ['https://localhost/', /private/],
    ['https://localhost./', /private/],
    ['https://intranet/', /private/],
    ['https://db.internal/', /private/],
    ['https://127.0.0.1/', /private/],
    ['https://127.1/', /private/],
    ['https://2130706433/', /private/],
    ['https://0x7f.0.0.1/', /private/],
    ['https://0177.0.0.1/', /private/],
    ['https://169.254.169.254/latest', /private/],
    ['https://[::1]/', /private/],
    ['https://[::ffff:127.0.0.1]/', /private/],
    ['https://[fd00::1]/', /private/],
    ['https://100.64.1.1/', /private/],
  ])('refuses %s', (url, why) => expect(strict.refusal(new URL(url))).toMatch(why));

  it.each(['http://127.0.0.1:4000/', 'https://10.1.2.3/', 'http://hooks.internal/', 'https://[fd00::1]/'])(
    'lets %s be called where the operator allows it',
    (url) => expect(lenient.refusal(new URL(url))).toBeUndefined(),
  );

  it.each(['https://127.0.0.2/', 'https://10.2.0.1/', 'https://other.internal/', 'http://example.com/'])(
    'refuses %s although others are allowed',
    (url) => expect(lenient.refusal(new URL(url))).toBeDefined(),
  );

  it('judges the address that a name led to', () => {
    expect(strict.mayConnect('example.com', '8.8.8.8')).toBe(true);
    expect(strict.mayConnect('example.com', '127.0.0.1')).toBe(false);
    expect(lenient.mayConnect('example.com', '10.1.9.9')).toBe(true);
    expect(lenient.mayConnect('example.com', '10.2.9.9')).toBe(false);
    expect(lenient.mayConnect('hooks.internal', '192.168.0.1')).toBe(true);
  });

  it.each(['127.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8', 'hooks', 'a.b-c.internal'])('%s may be allowed', (entry) =>
    expect(isAllowance(entry)).toBe(true),
  );
  it.each(['', '10.0.0.0/33', '10.0.0/8', '10.0.0.0/8/9', 'http://x', '*.internal', 'A.B', '300.1.1.1', 'x:80', 'x/8'])(
    '%p can allow nothing',
    (entry) => expect(isAllowance(entry)).toBe(false),
  );
});
