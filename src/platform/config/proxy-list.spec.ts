import { isProxyList } from './proxy-list';

describe('isProxyList', () => {
  it.each(['127.0.0.1', '::1', 'loopback', 'loopback, 10.0.0.0/8', 'fd00::/8', '10.0.0.0/255.0.0.0'])(
    'takes %s',
    (text) => expect(isProxyList(text)).toBe(true),
  );
  it.each(['', 'proxy.internal', '10.0.0.0/33', '10.0.0.0/0', '10.0.0.0/8/8', '127.0.0.1;::1', 'loopback/8', 'true'])(
    'does not take %j',
    (text) => expect(isProxyList(text)).toBe(false),
  );
});
