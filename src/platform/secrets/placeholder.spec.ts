import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeholderProblem } from './placeholder';

const production = (value: string) => placeholderProblem(value, true) !== undefined;
const development = (value: string) => placeholderProblem(value, false) !== undefined;

describe('a placeholder', () => {
  it.each([
    'changeme',
    'CHANGE_ME',
    'change-this-please',
    'replace-me',
    'placeholder',
    'your-api-key',
    'YOUR_API_KEY_HERE',
    'your secret',
    'insert-key-here',
    '<api key>',
    '...',
    'sk-xxxxxxxx',
    'sk-...',
    'sk-********',
    'sk-real-looking-key,changeme',
    'postgres://u:changeme@db/d',
    'redis://:change%20me@r',
    'postgres://gatehouse:password@db.example.net:5432/gatehouse',
  ])('is %s, everywhere', (value) => {
    expect([production(value), development(value)]).toEqual([true, true]);
  });

  it.each(['password', 'secret', 'postgres://postgres:postgres@db/d', 'admin', 'a,todo'])(
    'is %s in production',
    (value) => {
      expect([production(value), development(value)]).toEqual([true, false]);
    },
  );

  it.each([
    'sk-proj-AbC123',
    'gh_5f3a9c',
    'postgres://gatehouse@127.0.0.1/gatehouse',
    'redis://redis:6379',
    'postgres://u:p%zz@h/d',
    'Exchange-Metric-77',
  ])('is not %s', (value) => {
    expect(production(value)).toBe(false);
  });

  it('is never a random key', () => {
    for (let i = 0; i < 2_000; i++) expect(production(randomBytes(32).toString('base64'))).toBe(false);
  });

  it('is every value that .env.example shows for a secret', () => {
    const samples = readFileSync(join(__dirname, '../../../.env.example'), 'utf8').matchAll(
      /^# (?:DATABASE_URL|REDIS_URL|\w+_(?:KEY|TOKEN|PASSWORD|SECRET_ID|DATABASE_URL))=(.+)$/gm,
    );
    const values = [...samples]
      .map(([, value = '']) => value)
      .filter((value) => !/^(file|vault|aws-sm|gcp-sm):/.test(value));
    expect(values.length).toBeGreaterThan(1);
    for (const value of values) expect([value, production(value)]).toEqual([value, true]);
  });
});
