import { inspect } from 'node:util';
import { LiveKeys } from './live-keys';
import { LiveSecret, type Outcome } from './live-secret';
import type { Reading } from './secret-backend';
import { SecretUnavailable } from './secret-unavailable';

function setUp(first = 'canary-1') {
  let now = 0;
  let next: () => Promise<Reading> = () => Promise.resolve({ value: first, version: '1' });
  let reads = 0;
  const read = (): Promise<Reading> => {
    reads++;
    return next();
  };
  const check = (value: string): string | undefined => (value ? undefined : 'is empty');
  const options = { read, check, graceMs: 1_000, now: () => now };
  const secret = new LiveSecret('S', 'vault:x', { value: first, version: '1' }, options);
  const outcomes: Outcome[] = [];
  secret.observe((outcome) => outcomes.push(outcome));
  return {
    secret,
    outcomes,
    reads: () => reads,
    pass: (ms: number) => void (now += ms),
    says: (value: string, version: string) => void (next = () => Promise.resolve({ value, version })),
    fails: (error: Error) => void (next = () => Promise.reject(error)),
    waits: () => {
      let resolve: (reading: Reading) => void = () => undefined;
      const promise = new Promise<Reading>((done) => (resolve = done));
      next = () => promise;
      return resolve;
    },
  };
}

describe('LiveSecret', () => {
  it('takes a new value, keeps the former one for the time of grace, and always the first', async () => {
    const { secret, says, pass } = setUp();
    const seen: string[] = [];
    secret.onRotation(({ current, version }) => seen.push(`${current.reveal()} ${version}`));
    says('canary-2\n', '2');
    expect(await secret.refresh()).toEqual({ kind: 'rotated' });
    expect([seen, secret.former?.reveal(), secret.initial.reveal()]).toEqual([['canary-2 2'], 'canary-1', 'canary-1']);
    pass(999);
    expect(secret.former?.reveal()).toBe('canary-1');
    pass(1);
    expect(secret.former).toBeUndefined();
  });

  it('is not rotated by another version of the same value', async () => {
    const { secret, says } = setUp();
    says('canary-1', '2');
    expect(await secret.refresh()).toEqual({ kind: 'same' });
    expect([secret.version, secret.former]).toEqual(['2', undefined]);
  });

  it('keeps its value whatever happens, and says why to who observes', async () => {
    const { secret, outcomes, says, fails } = setUp();
    fails(new SecretUnavailable('Vault answered 503'));
    await secret.refresh();
    fails(new Error('canary-in-a-message'));
    await secret.refresh();
    says('', '3');
    await secret.refresh();
    expect(outcomes).toEqual([
      { kind: 'failed', reason: 'Vault answered 503' },
      { kind: 'failed', reason: 'failed in a way that is not understood' },
      { kind: 'failed', reason: 'the new value is not taken: it is empty' },
    ]);
    expect([secret.current.reveal(), secret.version]).toEqual(['canary-1', '1']);
  });

  it('is read once for all who ask, and again for who knows that it changed meanwhile', async () => {
    const { secret, reads, says, waits } = setUp();
    const answer = waits();
    const asked = [secret.refresh(), secret.refresh(), secret.refreshAfter(0)];
    const changed = secret.refresh(true);
    says('canary-2', '2');
    answer({ value: 'canary-1', version: '1' });
    expect(await Promise.all(asked)).toEqual(asked.map(() => ({ kind: 'same' })));
    expect([await changed, reads()]).toEqual([{ kind: 'rotated' }, 2]);
  });

  it('is not read again too soon by who only wonders', async () => {
    const { secret, reads, pass } = setUp();
    await secret.refreshAfter(1_000);
    pass(999);
    await secret.refreshAfter(1_000);
    expect(reads()).toBe(1);
    pass(1);
    await secret.refreshAfter(1_000);
    expect(reads()).toBe(2);
  });

  it('cannot be printed, nor what went wrong with it', async () => {
    const { secret, says } = setUp();
    says('canary-2', '2');
    await secret.refresh();
    const keys = new LiveKeys(secret);
    expect(inspect([secret, keys], { depth: null, showHidden: true }) + JSON.stringify([secret, keys])).not.toContain(
      'canary',
    );
  });

  it('that is fixed is never read', async () => {
    const fixed = LiveSecret.fixed('x');
    expect([await fixed.refresh(), fixed.changes, fixed.current.reveal()]).toEqual([{ kind: 'same' }, false, 'x']);
  });
});

describe('LiveKeys', () => {
  it('follow their secret, place by place', async () => {
    const { secret, says, pass } = setUp('a, b');
    const keys = new LiveKeys(secret);
    const changes: unknown[] = [];
    keys.onChange((change) => changes.push(change));
    expect([keys.size, keys.at(1)?.reveal(), keys.former(1)]).toEqual([2, 'b', undefined]);
    says('a,c,d', '2');
    await keys.refresh();
    expect(changes).toEqual([{ size: 3, places: [1, 2], graceMs: 1_000 }]);
    expect([keys.at(1), keys.at(2), keys.former(1), keys.former(2)].map((key) => key?.reveal())).toEqual([
      'c',
      'd',
      'b',
      undefined,
    ]);
    pass(1_000);
    expect(keys.former(1)).toBeUndefined();
    says('c', '3');
    await keys.refresh();
    expect([keys.size, changes[1]]).toEqual([1, { size: 1, places: [0], graceMs: 1_000 }]);
  });

  it('of nobody are none', async () => {
    expect([LiveKeys.of().size, LiveKeys.of('a', 'b').size, await LiveKeys.of().refresh()]).toEqual([
      0,
      2,
      { kind: 'same' },
    ]);
  });
});
