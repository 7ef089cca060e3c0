import type { FlagContext } from '../../../contract/flags';
import { BUCKETS, FlagDefinition } from '../../../platform/config/flags';
import { KeyedHash } from '../../../platform/secrets/keyed-hash';
import { Buckets } from './buckets';
import { Flag } from './flag';

const MASTER = Buffer.alloc(32, 7);
const NOW = Date.parse('2027-03-02T00:00:00Z');

function flagOf(more: object, { name = 'answer-model', killed = false } = {}): Flag {
  const definition = FlagDefinition.parse({
    description: 'a flag',
    owner: 'somebody',
    variants: { off: 'usual', on: 'other', third: 'more' },
    default: 'off',
    ...more,
  });
  const buckets = new Buckets(new KeyedHash(MASTER), definition.salt ?? name);
  return new Flag({ name, definition, version: 0, killed, declared: true }, buckets);
}

const caller: FlagContext = { tenantId: 't-1', tenantName: 'Acme', keyId: 'k-1' };
const user = (i: number): FlagContext => ({ ...caller, user: `user-${i}` });

describe('Flag', () => {
  it('is its default where nothing else is said', () => {
    expect(flagOf({}).evaluate(caller, NOW)).toEqual({ variant: 'off', value: 'usual', reason: 'default' });
  });

  it.each([
    ['tenant', { equals: 'acme' }, {}, true],
    ['tenant', { in: ['other', 't-1'] }, {}, true],
    ['tenant', { prefix: 'AC' }, {}, true],
    ['tenant', { equals: 'acme inc' }, {}, false],
    ['key', { in: ['k-1'] }, {}, true],
    ['key', { prefix: 'k-2' }, {}, false],
    ['user', { equals: 'ada' }, { user: 'ada' }, true],
    ['user', { prefix: 'staff-' }, { user: 'staff-7' }, true],
    ['user', { equals: 'Ada' }, { user: 'ada' }, false],
    ['user', { equals: 'ada' }, {}, false],
    ['session', { equals: 's' }, { session: 's' }, true],
    ['model', { prefix: 'gpt-' }, { model: 'gpt-5' }, true],
    ['model', { equals: 'fast' }, {}, false],
    ['tags', { in: ['beta'] }, { tags: ['alpha', 'beta'] }, true],
    ['tags', { equals: 'beta' }, { tags: ['alpha'] }, false],
    ['tags', { equals: 'beta' }, {}, false],
  ])('asks %s whether it is %j of %j: %s', (attribute, test, more, expected) => {
    const flag = flagOf({ rules: [{ name: 'those', when: { [attribute]: test }, serve: 'on' }] });
    const said = flag.evaluate({ ...caller, ...more }, NOW);
    expect(said).toMatchObject(
      expected
        ? { variant: 'on', value: 'other', reason: 'target', rule: 'those' }
        : { variant: 'off', reason: 'default' },
    );
  });

  it('wants all that a rule asks, and takes the first rule that matches', () => {
    const flag = flagOf({
      rules: [
        { when: { tenant: { equals: 'acme' }, tags: { equals: 'beta' } }, serve: 'on' },
        { when: { tenant: { equals: 'acme' } }, serve: 'third' },
      ],
    });
    expect(flag.evaluate(caller, NOW)).toMatchObject({ variant: 'third', rule: '1' });
    expect(flag.evaluate({ ...caller, tags: ['beta'] }, NOW)).toMatchObject({ variant: 'on', rule: '0' });
  });

  it('is its default for everybody once it is killed, whatever the rules say', () => {
    const flag = flagOf({ rules: [{ when: { tenant: { equals: 'acme' } }, serve: 'on' }] }, { killed: true });
    expect(flag.evaluate(caller, NOW)).toEqual({ variant: 'off', value: 'usual', reason: 'killed' });
  });

  it.each([0.5, 1, 10, 33.333, 50, 90])('gives %s percent of users what it should', (percent) => {
    const flag = flagOf({ rollout: { to: 'on', percent } });
    const users = 200_000;
    let on = 0;
    for (let i = 0; i < users; i++) if (flag.evaluate(user(i), NOW).variant === 'on') on++;
    expect(Math.abs((100 * on) / users - percent)).toBeLessThan(0.5);
  });

  it('keeps everybody in whom a smaller share had in', () => {
    const shares = [10, 50, 100].map((percent) => flagOf({ rollout: { to: 'on', percent } }));
    for (let i = 0; i < 20_000; i++) {
      const [ten, fifty, all] = shares.map((flag) => flag.evaluate(user(i), NOW).variant === 'on');
      expect({ ten, fifty, all }).toEqual({ ten, fifty: fifty || ten, all: true });
    }
  });

  it('sorts users of tenants, tenants and keys each for themselves, and flags apart unless they share a salt', () => {
    const bucketsOf = (flag: Flag, contexts: readonly FlagContext[]) =>
      contexts.map((context) => flag.evaluate(context, NOW).bucket as number);
    const users = Array.from({ length: 50 }, (_, i) => user(i));
    const one = bucketsOf(flagOf({ rollout: { to: 'on' } }), users);
    expect(new Set(one).size).toBeGreaterThan(45);
    expect(Math.max(...one)).toBeLessThan(BUCKETS);
    const elsewhere = users.map((context) => ({ ...context, tenantId: 't-2' }));
    expect(bucketsOf(flagOf({ rollout: { to: 'on' } }), elsewhere)).not.toEqual(one);
    expect(bucketsOf(flagOf({ rollout: { to: 'on' } }, { name: 'other' }), users)).not.toEqual(one);
    const salted = [{ name: 'a' }, { name: 'b' }].map((named) =>
      flagOf({ salt: 'spring', rollout: { to: 'on' } }, named),
    );
    expect(bucketsOf(salted[0] as Flag, users)).toEqual(bucketsOf(salted[1] as Flag, users));
    for (const by of ['tenant', 'key'])
      expect(new Set(bucketsOf(flagOf({ rollout: { to: 'on', by } }), users)).size).toBe(1);
  });

  it('has nobody in a share of users who names none, until it is all of them', () => {
    const of = (percent: number) => flagOf({ rollout: { to: 'on', percent } }).evaluate(caller, NOW);
    expect(of(99.999)).toMatchObject({ variant: 'off', reason: 'default' });
    expect(of(100)).toMatchObject({ variant: 'on', reason: 'bucket' });
  });

  it('splits three ways by rules of growing shares: one draw decides them all', () => {
    const flag = flagOf({
      rules: [
        { percentage: 30, serve: 'on' },
        { percentage: 60, serve: 'third' },
      ],
    });
    const counted: Record<string, number> = { off: 0, on: 0, third: 0 };
    for (let i = 0; i < 100_000; i++) counted[flag.evaluate(user(i), NOW).variant]!++;
    expect(counted['on']! / 1_000).toBeCloseTo(30, 0);
    expect(counted['third']! / 1_000).toBeCloseTo(30, 0);
    expect(counted['off']! / 1_000).toBeCloseTo(40, 0);
  });

  describe('with a schedule', () => {
    const schedule = [
      { at: '2027-03-01T09:00:00Z', percent: 10 },
      { at: '2027-03-03T09:00:00Z', percent: 50 },
      { at: '2027-03-05T09:00:00Z', percent: 100 },
    ];
    const day = (text: string) => Date.parse(`2027-03-${text}:00Z`);

    it.each([
      ['01T08:59', 2],
      ['01T09:00', 10],
      ['03T08:59', 10],
      ['03T09:00', 50],
      ['05T09:00', 100],
    ])('gives at %s %i percent', (time, percent) => {
      const flag = flagOf({ rollout: { to: 'on', percent: 2, schedule } });
      expect(flag.evaluate(user(1), day(time))).toMatchObject({ percent });
    });

    it('says that the schedule let somebody in', () => {
      const flag = flagOf({ rollout: { to: 'on', schedule } });
      expect(flag.evaluate(user(1), day('06T00:00'))).toMatchObject({
        variant: 'on',
        reason: 'schedule',
        percent: 100,
      });
      expect(flag.schedule?.next(day('04T00:00'))).toEqual({ at: day('05T09:00'), percent: 100 });
      expect(flag.schedule?.next(day('06T00:00'))).toBeUndefined();
    });

    it('stands while it is paused', () => {
      const flag = flagOf({ rollout: { to: 'on', schedule, pausedAt: '2027-03-02T00:00:00+01:00' } });
      expect(flag.evaluate(user(1), day('09T00:00'))).toMatchObject({ percent: 10 });
      expect(flag.schedule?.next(day('09T00:00'))).toBeUndefined();
    });
  });
});
