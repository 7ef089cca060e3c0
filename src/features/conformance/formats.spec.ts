import { FORMATS } from './formats';

it.each([
  ['date', ['2024-02-29', '0001-01-01'], ['2024-2-9', '2023-02-29', '2024-13-01', '2024-01-01T00:00']],
  ['time', ['23:59:59Z', '08:30:06.28+02:00'], ['24:00:00Z', '12:00:00', '1:2:3Z']],
  ['date-time', ['2024-02-29T23:59:59.123-03:00'], ['2024-02-30T00:00:00Z', '2024-02-29', '2024-02-29X00:00:00Z']],
  ['duration', ['P1Y2M3DT4H5M6S', 'P2W', 'PT1H'], ['P', 'PT', 'P1', '1Y', 'P1H']],
  [
    'email',
    ['ada@example.org', "o'x+y@a.b"],
    ['ada', '@example.org', 'a..b@example.org', 'a@-b.org', 'a b@example.org'],
  ],
  ['hostname', ['example.org', 'a'], ['', '-a', 'a..b', 'a_b', `${'a'.repeat(64)}.org`]],
  ['ipv4', ['127.0.0.1'], ['256.0.0.1', '1.2.3', '01.2.3.4']],
  ['ipv6', ['::1', 'fe80::1'], ['1::2::3', 'fe80::1%eth0', '::g']],
  ['uuid', ['2eb8aa08-aa98-11ea-b4aa-73b441d16380'], ['2eb8aa08aa9811eab4aa73b441d16380', 'x']],
  ['uri', ['https://example.org/a?b#c', 'urn:a:b'], ['/a', 'example.org', 'http://a b', 'http://']],
])('%s', (name, right, wrong) => {
  const is = FORMATS.get(name)!;
  expect(right.filter((text) => !is(text))).toEqual([]);
  expect(wrong.filter((text) => is(text))).toEqual([]);
  expect(is('a'.repeat(3_000))).toBe(false);
});
