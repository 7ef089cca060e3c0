// What keys of the audit log cost: `npm run bench:audit:keys`. On a PostgreSQL of its own, with fsync, and a local key-encryption key.
import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureDatabase, startPg } from '../../tools/pg.mjs';

const root = resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);
const { AuditKeys } = require(join(root, 'dist/features/audit/keys/audit-keys.js'));
const { LocalKeyWrapper } = require(join(root, 'dist/platform/secrets/local-key-wrapper.js'));

const HOT = 2_000_000;
const NOW = Date.UTC(2026, 10, 28);
const tenant = '01890000-0000-7000-8000-000000000001';
const log = {
  append: async (...drafts) => drafts.map((_, index) => ({ log: 'bench', entryId: String(index), index })),
};
const guards = { holds: async () => [], covered: async () => undefined };

const folder = mkdtempSync(join(tmpdir(), 'audit-keys-'));
const server = await startPg({ dir: folder });
const say = (what, figure) => console.log(`${what.padEnd(64)} ${figure}`);
const timed = async (work) => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};
/** CPU milliseconds of this process: others may be at work on the machine. */
const cpu = (work) => {
  const { user, system } = process.cpuUsage();
  work();
  const used = process.cpuUsage({ user, system });
  return (used.user + used.system) / 1e3;
};
try {
  const url = await ensureDatabase(server, 'keys');
  const [masterKey, oldKek, newKek] = [0, 1, 2].map(() => randomBytes(32));
  const open = async (kek) => {
    const keys = new AuditKeys({ url, masterKey, kek, backupDays: 30 });
    await keys.open();
    return keys;
  };
  const first = await open({ use: new LocalKeyWrapper(oldKek) });

  const people = (n, from = 0) => Array.from({ length: n }, (_, i) => `user-${from + i}@example.com`);
  const meet = async (keys, ids) => {
    const names = await Promise.all(ids.map(async (id) => keys.subjects.reference(tenant, id)));
    await Promise.all(names.map(async (name) => keys.dataKeys.current(tenant, name, NOW)));
    return names;
  };
  await meet(first, people(1, 1_000_000));
  const one = [];
  for (const id of people(200, 2_000_000)) one.push(await timed(() => meet(first, [id])));
  one.sort((a, b) => a - b);
  say('one new person, name and key: p50 / p99', `${one[100].toFixed(2)} / ${one[197].toFixed(2)} ms`);
  let names;
  say(
    '1,000 new people at once',
    `${(await timed(async () => (names = await meet(first, people(1_000))))).toFixed(0)} ms`,
  );

  for (const round of ['warm-up', 'current() in memory']) {
    const spent = cpu(() => {
      for (let i = 0; i < HOT; i++) first.dataKeys.current(tenant, names[i % 1_000], NOW + i);
    });
    if (round !== 'warm-up') say(round, `${((spent / HOT) * 1e6).toFixed(0)} ns`);
  }
  const spent = cpu(() => {
    for (let i = 0; i < HOT; i++) first.subjects.reference(tenant, 'user-7@example.com');
  });
  say('reference() in memory', `${((spent / HOT) * 1e6).toFixed(0)} ns`);

  const second = await open({ use: new LocalKeyWrapper(newKek), previous: [new LocalKeyWrapper(oldKek)] });
  say(
    '1,000 known people at once, in a process that has just started',
    `${(await timed(() => meet(second, people(1_000)))).toFixed(0)} ms`,
  );
  const ids = names.map((name) => first.dataKeys.current(tenant, name, NOW).id);
  say(
    'find() of 1,000 keys at once',
    `${(await timed(() => Promise.all(ids.map((id) => first.dataKeys.find(id))))).toFixed(0)} ms`,
  );
  await meet(first, people(10_000, 10_000));
  const rotate = (level) => timed(() => second.rotation(log).rotate(level));
  say('rotation of a tenant key, 11,201 data keys move', `${(await rotate('tenant')).toFixed(0)} ms`);
  say('rotation of 11,201 data keys', `${(await rotate('data')).toFixed(0)} ms`);
  say('rotation of the key-encryption key', `${(await rotate('kek')).toFixed(0)} ms`);
  const shredder = first.shredder(log, guards, { backupDays: 30, approvers: 1 });
  const shred = async (scope) => {
    const took = await timed(async () => {
      const { silent } = await shredder.shred(scope, 'bench', ['a']);
      if (silent.length) throw new Error('somebody did not drop its copies');
    });
    return `${took.toFixed(0)} ms`;
  };
  say('erasure of a person, two processes, without the checkpoint', await shred({ tenant, subject: names[0] }));
  say('erasure of a tenant of 11,200 people, 22,400 data keys', await shred({ tenant }));
  await Promise.all([first.close(), second.close()]);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
