import type { Caller } from '../../contract/caller';
import { type KnownKey, KnownKeys } from './known-keys';

const SECOND = 1_000;
const caller = (keyId: string, tenantId = 't'): Caller =>
  Object.freeze({
    keyId,
    tenantId,
    tenantName: tenantId,
    roles: new Set(['client'] as const),
    root: false,
    models: [],
    limits: {},
  });
const key = (id: string, tenantId?: string): KnownKey => ({ caller: caller(id, tenantId), expiresAt: Infinity });

describe('KnownKeys', () => {
  let now: number;
  let asked: string[];
  let stored: Map<string, KnownKey>;
  let broken: boolean;
  let keys: KnownKeys;

  beforeEach(() => {
    now = 1_000_000;
    asked = [];
    stored = new Map([['hash', key('k')]]);
    broken = false;
    keys = new KnownKeys(
      async (hash) => {
        asked.push(hash);
        if (broken) throw new Error('connection refused');
        return stored.get(hash);
      },
      () => now,
    );
    keys.hearing(true);
  });

  const settled = () => new Promise(setImmediate);

  it('asks once for many calls at a time and answers all later ones from memory', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, async () => keys.find('hash')));
    expect(new Set(answers).size).toBe(1);
    expect(keys.find('hash')).toBe(answers[0]);
    expect(asked).toEqual(['hash']);
  });

  it('asks again after ten seconds', async () => {
    await keys.find('hash');
    stored.delete('hash');
    now += 10 * SECOND;
    expect(await keys.find('hash')).toBeUndefined();
  });

  it('refreshes a key in use before it gets old, without letting the call wait', async () => {
    const first = await keys.find('hash');
    now += 9 * SECOND;
    expect(keys.find('hash')).toBe(first);
    await settled();
    now += 7 * SECOND;
    expect(keys.find('hash')).not.toBeInstanceOf(Promise);
    expect(asked).toHaveLength(2);
  });

  it('believes an answer for two seconds only while it does not hear of changes', async () => {
    keys.hearing(false);
    await keys.find('hash');
    now += 2 * SECOND;
    await keys.find('hash');
    expect(asked).toHaveLength(2);
  });

  it('does not believe for long what it was told before it heard of changes', async () => {
    keys.hearing(false);
    await keys.find('hash');
    now += 1;
    keys.hearing(true);
    now += 2 * SECOND;
    await keys.find('hash');
    expect(asked).toHaveLength(2);
  });

  it.each(['k', 't'])('asks again at once when %s has changed', async (id) => {
    await keys.find('hash');
    stored.delete('hash');
    keys.forget(id);
    expect(await keys.find('hash')).toBeUndefined();
  });

  it('keeps other keys when one has changed', async () => {
    stored.set('other', key('o', 'u'));
    await keys.find('hash');
    await keys.find('other');
    keys.forget('o');
    expect(keys.find('hash')).not.toBeInstanceOf(Promise);
  });

  it('does not let a question asked before a change answer one asked after it', async () => {
    const answers: ((key: KnownKey | undefined) => void)[] = [];
    const slow = new KnownKeys(
      () => new Promise((resolve) => void answers.push(resolve)),
      () => now,
    );
    slow.hearing(true);
    const before = slow.find('hash');
    slow.forget('k');
    const after = slow.find('hash');
    answers[0]?.(key('k'));
    answers[1]?.(undefined);
    expect(await before).toBeDefined();
    expect(await after).toBeUndefined();
    expect(await slow.find('hash')).toBeUndefined();
  });

  it('remembers for five seconds that a key is unknown', async () => {
    expect(await keys.find('nobody')).toBeUndefined();
    now += 4 * SECOND;
    expect(keys.find('nobody')).toBeUndefined();
    expect(asked).toHaveLength(1);
    now += 1 * SECOND;
    await keys.find('nobody');
    expect(asked).toHaveLength(2);
  });

  it('says that it cannot know, never that a key is unknown, while the source is out of reach', async () => {
    broken = true;
    await expect(keys.find('nobody')).rejects.toMatchObject({ code: 'storage_unavailable', retryAfter: 2 });
    broken = false;
    expect(await keys.find('hash')).toBeDefined();
  });

  it('serves what it knew for five minutes while the source is out of reach, asking once a second', async () => {
    const good = await keys.find('hash');
    broken = true;
    for (let i = 0; i < 290; i++) {
      now += SECOND;
      for (let call = 0; call < 5; call++) expect(await keys.find('hash')).toBe(good);
    }
    expect(asked.length).toBeLessThan(295);
    now += 11 * SECOND;
    await expect(keys.find('hash')).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('sees a revocation as soon as the source is back', async () => {
    await keys.find('hash');
    broken = true;
    now += 60 * SECOND;
    await keys.find('hash');
    broken = false;
    stored.delete('hash');
    now += 1 * SECOND;
    expect(await keys.find('hash')).toBeUndefined();
  });

  it('stays small in a flood of unknown keys and keeps the good ones', async () => {
    await keys.find('hash');
    for (let i = 0; i < 12_000; i++) await keys.find(`random${i}`);
    expect(keys.size).toBe(10_001);
    expect(keys.find('hash')).not.toBeInstanceOf(Promise);
  });
});
