import { anchorsOf } from './anchors';

const made = (url: string) => anchorsOf([url], 12, {}).map(({ name }) => name);

it.each([
  'https://anchor.example/heads',
  'http://localhost:8080/heads',
  'http://127.0.0.1/heads',
  'http://[::1]:8080/heads',
  'file:///var/heads.txt',
])('takes %s', (url) => {
  expect(made(url)).toHaveLength(1);
});

it.each([
  'http://anchor.example/heads',
  'http://localhost.evil.example/heads',
  'http://127.0.0.1.evil.example/heads',
  'http://127.evil.example/heads',
  'ftp://anchor.example/heads',
  'heads.txt',
])('refuses %s by its place in the setting', (url) => {
  expect(() => made(url)).toThrow('audit.anchors[0]');
});
