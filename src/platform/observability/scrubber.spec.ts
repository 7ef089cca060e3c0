import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import type { Config } from '../config/config';
import { LiveSecret } from '../secrets/live-secret';
import { SecretStore } from '../secrets/secret-store';
import { SecretBackends } from '../secrets/secret-backends';
import { Secret } from '../secrets/secret';
import { type Detect, Scrubber } from './scrubber';

const value = (): string => `k"y\\ ${randomBytes(18).toString('base64')}+/=é!`;
const lineOf = (facts: object): string => `${JSON.stringify({ level: 'info', ...facts })}\n`;
const parsed = (line: string): Record<string, unknown> => JSON.parse(line) as Record<string, unknown>;

/** Letters that a base64 of it has in common with any base64 that contains it. */
function showsIn(secret: string, text: string): boolean {
  const bytes = Buffer.from(secret);
  const clear = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), bytes.toString('hex')];
  const encoded = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(shift + 1, -4),
  );
  const urlSafe = encoded.map((each) => each.replaceAll('+', '-').replaceAll('/', '_'));
  return [...clear, ...encoded, ...urlSafe].some((form) => text.includes(form));
}

const FORMS: Readonly<Record<string, (secret: string) => string>> = {
  'in clear': (secret) => secret,
  'in JSON': (secret) => JSON.stringify({ key: secret }),
  'in JSON within JSON': (secret) => JSON.stringify({ body: JSON.stringify({ key: secret }) }),
  'percent-encoded': encodeURIComponent,
  'percent-encoded in small letters': (secret) =>
    encodeURIComponent(secret).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  'in a form': (secret) => new URLSearchParams({ secret }).toString(),
  'in base64': (secret) => Buffer.from(secret).toString('base64'),
  'in base64url': (secret) => Buffer.from(secret).toString('base64url'),
  'in base64, percent-encoded': (secret) => encodeURIComponent(Buffer.from(secret).toString('base64')),
  'in basic authentication': (secret) => `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`,
  'in base64 of something longer': (secret) => Buffer.from(`{"ab":"${secret}","c":1}`.slice(0)).toString('base64'),
  'in hex': (secret) => Buffer.from(secret).toString('hex'),
  'in large hex': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
};

describe('the scrubber', () => {
  describe.each(Object.keys(FORMS))('finds a secret %s', (form) => {
    it.each(Array.from({ length: 12 }, (_, at) => at))('wherever it begins (%i)', (shift) => {
      const secret = value();
      const scrubber = new Scrubber();
      scrubber.protect('OPENAI_API_KEY', secret);
      const text = `${'x'.repeat(shift)} ${FORMS[form]!(secret)} after`;
      const clean = scrubber.text(text);
      expect(clean).toContain('[secret OPENAI_API_KEY]');
      expect(clean.endsWith(' after')).toBe(true);
      expect(showsIn(secret, clean)).toBe(false);
      const line = scrubber.line(lineOf({ msg: text, nested: [{ text }] }));
      expect(showsIn(secret, line)).toBe(false);
      expect(parsed(line)).toMatchObject({ level: 'info', msg: clean, nested: [{ text: clean }] });
    });
  });

  it('leaves text without secrets as it is', () => {
    const scrubber = new Scrubber();
    scrubber.protect('A', value());
    const line = lineOf({ msg: 'call', tenant: '01900000-0000-7000-8000-000000000000', n: 123_456_789 });
    expect(scrubber.line(line)).toBe(line);
    expect(scrubber.text('sk-something else')).toBe('sk-something else');
  });

  it('does not look for values of fewer than eight characters', () => {
    const scrubber = new Scrubber();
    scrubber.protect('A', 'seven77');
    expect(scrubber.text('seven77')).toBe('seven77');
  });

  it('leaves a word alone that is the password of a URL, but its user or its database too', () => {
    const scrubber = new Scrubber();
    scrubber.protect('A', 'postgres://gatehouse:gatehouse@db.internal/gateways');
    scrubber.protect('B', 'postgres://gatehouse:gateways@db.internal/gateways');
    expect(scrubber.text('/tmp/gatehouse-1/gateways')).toBe('/tmp/gatehouse-1/gateways');
    expect(scrubber.text('to postgres://gatehouse:gatehouse@db.internal/gateways')).toBe('to [secret A]');
  });

  it('keeps a line JSON when a secret looks like a number or stands in the name of a field', () => {
    const scrubber = new Scrubber();
    scrubber.protect('PIN', '1234567890123');
    const line = scrubber.line(lineOf({ size: 1_234_567_890_123, '1234567890123': 1 }));
    expect(parsed(line)).toEqual({ level: 'info', size: '[secret PIN]', '[secret PIN]': 1 });
  });

  it('replaces a key of a caller, which nobody knows', () => {
    const key = `gh_${randomBytes(32).toString('base64url')}`;
    const scrubber = new Scrubber();
    expect(scrubber.text(`refused ${key}.`)).toBe('refused [secret API key].');
    expect(scrubber.line(lineOf({ msg: `refused ${key}` }))).not.toContain(key);
  });

  it('cannot be printed', () => {
    const scrubber = new Scrubber();
    scrubber.protect('A', 'a-very-secret-text');
    expect(inspect(scrubber, { showHidden: true, depth: 9 }) + JSON.stringify(scrubber)).not.toContain('a-very');
  });

  describe('of a configuration', () => {
    const master = randomBytes(32);
    const password = 'p@ss:w/rd-of-db';
    const keys = ['sk-first-of-pool-1', 'sk-second-of-pool-2'] as const;
    let rotated: { value: string; version: string };
    let store: SecretStore;
    let clock: number;
    let scrubber: Scrubber;

    const live = (name: string): LiveSecret => store.get(name);
    beforeEach(async () => {
      rotated = { value: 'the-first-value-of-it', version: '1' };
      clock = 0;
      const backends = new SecretBackends({ VAULT_TOKEN: 'hvs.token-of-vault' });
      backends.read = () => Promise.resolve(rotated);
      const given = (name: string, text: string) =>
        ({ name, at: name, place: { scheme: 'given', text: `env:${name}`, value: new Secret(text) } }) as const;
      const opened = await SecretStore.open(
        [
          given('DATABASE_URL', `postgres://gatehouse:${encodeURIComponent(password)}@db.internal:5432/gatehouse`),
          given('REDIS_URL', 'redis://:redis-password-1@cache.internal:6379'),
          given('OPENAI_API_KEY', keys.join(', ')),
          {
            name: 'ROTATED',
            at: 'ROTATED',
            place: { scheme: 'vault', text: 'vault:a/data/b#c', path: 'a/data/b', field: 'c' },
          },
        ],
        backends,
        { production: false, refreshMs: 0, graceMs: 0 },
      );
      if (opened.missing.length) throw new Error(String(opened.missing));
      store = opened.store;
      scrubber = new Scrubber(() => clock);
      scrubber.follow({ secrets: store, masterKey: master } as unknown as Config);
    });

    it.each<[string, string, string]>([
      ['the password of the database', password, 'DATABASE_URL'],
      ['the password of the database as its URL spells it', encodeURIComponent(password), 'DATABASE_URL'],
      ['the password of Redis', 'redis-password-1', 'REDIS_URL'],
      ['the first key of a pool', keys[0], 'OPENAI_API_KEY'],
      ['another key of a pool', keys[1], 'OPENAI_API_KEY'],
      ['the master key in base64', master.toString('base64'), 'GATEHOUSE_MASTER_KEY'],
      ['the master key in base64url', master.toString('base64url'), 'GATEHOUSE_MASTER_KEY'],
      ['the master key in hex', master.toString('hex'), 'GATEHOUSE_MASTER_KEY'],
      ['what opens a backend', 'hvs.token-of-vault', 'of a backend'],
      ['what a backend keeps', 'the-first-value-of-it', 'ROTATED'],
    ])('knows %s', (_what, text, name) => {
      expect(scrubber.text(`a ${text} b`)).toBe(`a [secret ${name}] b`);
    });

    it('knows a value that was rotated, and the former one for a day', async () => {
      rotated = { value: 'the-second-value-of-it', version: '2' };
      await live('ROTATED').refresh();
      scrubber.refresh();
      expect(scrubber.text('the-second-value-of-it')).toBe('[secret ROTATED]');
      rotated = { value: 'the-third-value-of-it!', version: '3' };
      await live('ROTATED').refresh();
      scrubber.refresh();
      for (const text of ['the-second-value-of-it', 'the-third-value-of-it!'])
        expect(scrubber.text(text)).toBe('[secret ROTATED]');
      clock += 86_400_000;
      rotated = { value: 'the-fourth-value-of-it', version: '4' };
      await live('ROTATED').refresh();
      scrubber.refresh();
      expect(scrubber.text('the-second-value-of-it')).toBe('the-second-value-of-it');
    });

    it('finds out by itself where nobody tells it: at once in lines of trouble, else within a second', async () => {
      rotated = { value: 'the-second-value-of-it', version: '2' };
      await live('ROTATED').refresh();
      const trouble = `${JSON.stringify({ level: 'error', msg: rotated.value })}\n`;
      expect(scrubber.line(trouble)).toBe('{"level":"error","msg":"[secret ROTATED]"}\n');
      rotated = { value: 'the-third-value-of-it!', version: '3' };
      await live('ROTATED').refresh();
      clock += 1_000;
      expect(parsed(scrubber.line(lineOf({ msg: rotated.value })))['msg']).toBe('[secret ROTATED]');
    });
  });

  describe('with somebody who knows personal data', () => {
    const EMAIL = /[a-z]+@[a-z]+\.example/g;
    const asked: string[] = [];
    const detect: Detect = (text) => {
      asked.push(text);
      return [...text.matchAll(EMAIL)].map(({ index, 0: found }) => ({
        start: index,
        end: index + found.length,
        entity: 'EMAIL',
      }));
    };
    let scrubber: Scrubber;
    beforeEach(() => {
      asked.length = 0;
      scrubber = new Scrubber();
      scrubber.detectWith(detect);
    });

    it('replaces it wherever a line holds free text', () => {
      const err = { name: 'E', message: 'no ana@mail.example here', stack: '    at "ana@mail.example"' };
      const line = scrubber.line(lineOf({ err, reason: ['bob@mail.example!'], msg: 'for "ana@mail.example"\n' }));
      expect(parsed(line)).toEqual({
        level: 'info',
        err: { name: 'E', message: 'no [EMAIL] here', stack: '    at "[EMAIL]"' },
        reason: ['[EMAIL]!'],
        msg: 'for "[EMAIL]"\n',
      });
    });

    it('never asks about what the gateway makes itself', () => {
      scrubber.line(
        lineOf({
          time: '2026-01-01T00:00:00.000Z',
          call_id: 'a'.repeat(20),
          key_id: 'ana@mail.example',
          request_id: '01900000-0000-7000-8000-000000000000',
          content: { hash: 'x'.repeat(22) },
          msg: 'call',
        }),
      );
      expect(asked).toEqual([]);
    });

    it('asks about the identifier that a caller made', () => {
      expect(scrubber.line(lineOf({ request_id: 'ana@mail.example' }))).toContain('"request_id":"[EMAIL]"');
    });

    it('asks once about what comes again and again', () => {
      for (let times = 0; times < 3; times++) scrubber.line(lineOf({ provider_model: 'claude-something-4' }));
      expect(asked).toEqual(['claude-something-4']);
    });

    it('withholds a text that could not be looked at', () => {
      scrubber.detectWith(() => {
        throw new Error('slow');
      });
      expect(parsed(scrubber.line(lineOf({ reason: 'some longer text' })))['reason']).toBe('[withheld]');
    });

    it('replaces overlapping findings as one', () => {
      scrubber.detectWith(() => [
        { start: 6, end: 9, entity: 'B' },
        { start: 2, end: 8, entity: 'A' },
      ]);
      expect(scrubber.text('0123456789')).toBe('01[A]9');
    });

    it('shows no more than 10,000 characters of one string', () => {
      const text = `${'a '.repeat(4_995)}ana@mail.example ${'b '.repeat(9_000)}`;
      const shown = parsed(scrubber.line(lineOf({ msg: text })))['msg'] as string;
      expect(shown.length).toBeLessThanOrEqual(10_000);
      expect(shown).not.toContain('ana');
    });
  });

  it.each<[string, string]>([
    ['a line feed', '\n{"level":"fatal"}'],
    ['a C0 control', '\u001b[2J\u0000\u0007\b\r'],
    ['a C1 control', '\u009b2J\u0085\u007f'],
    ['a separator', '\u2028\u2029'],
    ['a change of direction', '\u202e\u2066\u200f\u061c'],
    ['an invisible sign', '\u200b\ufeff\u2060\u{e0041}\u00ad'],
  ])('lets %s neither begin a line nor reach a terminal', (_what, text) => {
    const scrubber = new Scrubber();
    const line = scrubber.line(lineOf({ model: `a${text}b`, [`f${text}`]: 1, msg: `${text}%s` }));
    expect(line.slice(0, -1)).toMatch(/^[\x20-\x7e]+$/);
    expect(parsed(line)).toEqual({ level: 'info', model: `a${text}b`, [`f${text}`]: 1, msg: `${text}%s` });
    expect(scrubber.printable(`a${text}b`)).toMatch(/^[\n\x20-\x7e]+$/);
  });
});
