// `npm run bench:flags [-- --flags 1000 --seconds 2 --rounds 5 --users 1000000]`: evaluations for each second of one core, by CPU time so
// that a busy machine does not change them, and how far shares are from what was asked.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from './report.mjs';

const { values } = parseArgs({
  options: {
    flags: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    users: { type: 'string', default: '1000000' },
  },
});
const require = createRequire(join(resolve(import.meta.dirname, '..'), 'dist', 'main.js'));
const { Flags } = require('./platform/config/flags.js');
const { KeyedHash } = require('./platform/secrets/keyed-hash.js');
const { FlagTable } = require('./features/flags/flag-table.js');
const { FlagEvaluations } = require('./features/flags/flag-evaluations.js');
const { openService } = require('./features/flags/providers/open-service.provider.js');

const hash = new KeyedHash(Buffer.alloc(32, 1));
const common = { description: 'a flag', owner: 'bench', variants: { off: 'usual', on: 'other' }, default: 'off' };
const kinds = {
  'default only': {},
  '5 rules, the last matches': {
    rules: [
      { when: { tenant: { equals: 'nobody' } }, serve: 'on' },
      { when: { key: { in: ['a', 'b', 'c'] } }, serve: 'on' },
      { when: { user: { prefix: 'staff-' } }, serve: 'on' },
      { when: { tags: { equals: 'beta' } }, serve: 'on' },
      { when: { model: { equals: 'fast' } }, serve: 'on' },
    ],
  },
  'share of users': { rollout: { to: 'on', percent: 10 } },
  'share of tenants': { rollout: { to: 'on', by: 'tenant', percent: 10 } },
  '3 rules, then a schedule of users': {
    rules: [
      { when: { tenant: { equals: 'nobody' } }, serve: 'on' },
      { when: { tags: { in: ['beta', 'alpha'] } }, serve: 'on' },
      { when: { user: { in: ['ada', 'bob'] } }, serve: 'on' },
    ],
    rollout: {
      to: 'on',
      schedule: [10, 50, 100].map((percent, i) => ({ at: `2026-0${i + 1}-01T00:00:00Z`, percent: percent / 2 })),
    },
  },
};

const context = (i) => ({
  tenantId: `019000aa-0000-7000-8000-${String(i % 1_000).padStart(12, '0')}`,
  tenantName: 'Tenant',
  keyId: `019000bb-0000-7000-8000-${String(i % 5_000).padStart(12, '0')}`,
  user: `user-${i}@example.org`,
  model: 'fast',
  tags: ['support', 'web'],
});
const CONTEXTS = Array.from({ length: 20_000 }, (_, i) => context(i));
const per = Number(values.flags);

/** Evaluations for each second of CPU time. */
async function speed(work) {
  const rates = [];
  for (let round = 0; round <= Number(values.rounds); round++) {
    const began = process.cpuUsage();
    let n = 0;
    for (const end = performance.now() + Number(values.seconds) * 1_000; performance.now() < end; n += 1_000)
      await work(n);
    const { user, system } = process.cpuUsage(began);
    // the first round is for the compiler
    if (round) rates.push((n / (user + system)) * 1e6);
  }
  return median(rates);
}

const thousands = (n) => Math.round(n).toLocaleString('en');
console.log(`${per} flags of a kind, ${CONTEXTS.length} contexts, node ${process.version}\n`);
console.log('| evaluations/s of one core | in memory | through OpenFeature |\n| --- | ---: | ---: |');
for (const [kind, more] of Object.entries(kinds)) {
  const names = Array.from({ length: per }, (_, i) => `flag-${i}`);
  const declared = Flags.parse({ flags: Object.fromEntries(names.map((name) => [name, { ...common, ...more }])) });
  const table = new FlagTable(declared.flags, hash);
  const service = await openService({ flagService: { provider: { type: 'gatehouse' } } }, table, hash);
  const evaluations = new FlagEvaluations(service);
  const flags = table.list();
  const pick = (i) => [flags[i % per], CONTEXTS[(i * 7) % CONTEXTS.length]];
  const own = await speed((from) => {
    for (let i = from; i < from + 1_000; i++) {
      const [flag, asked] = pick(i);
      flag.evaluate(asked, Date.now());
    }
  });
  const open = await speed(async (from) => {
    for (let i = from; i < from + 1_000; i++) await evaluations.evaluate(...pick(i));
  });
  console.log(`| ${kind} | ${thousands(own)} | ${thousands(open)} |`);
  await service.close();
}

const users = Number(values.users);
const TENANTS = 200_000;
console.log(
  `\n| asked | got, of ${users.toLocaleString('en')} users | of 200,000 tenants | off by at most |\n| ---: | ---: | ---: | ---: |`,
);
let kept = true;
let inside = new Uint8Array(users);
for (const percent of [0.1, 1, 10, 25, 50, 90, 100]) {
  const declared = Flags.parse({ flags: { share: { ...common, rollout: { to: 'on', percent } } } });
  const byTenant = Flags.parse({ flags: { share: { ...common, rollout: { to: 'on', by: 'tenant', percent } } } });
  const [flag] = new FlagTable(declared.flags, hash).list();
  const [ofTenants] = new FlagTable(byTenant.flags, hash).list();
  const now = new Uint8Array(users);
  let on = 0;
  for (let i = 0; i < users; i++) if (flag.evaluate(context(i), 0).variant === 'on') on += now[i] = 1;
  for (let i = 0; i < users; i++) if (inside[i] && !now[i]) kept = false;
  inside = now;
  let tenants = 0;
  for (let i = 0; i < TENANTS; i++)
    if (ofTenants.evaluate({ ...context(i), tenantId: `tenant-${i}` }, 0).variant === 'on') tenants++;
  const got = [on / users, tenants / TENANTS].map((share) => 100 * share);
  const off = Math.max(...got.map((share) => Math.abs(share - percent)));
  console.log(`| ${percent} % | ${got.map((share) => `${share.toFixed(3)} %`).join(' | ')} | ${off.toFixed(3)} |`);
}
console.log(`\nwhoever was in stayed in while the share grew: ${kept ? 'yes' : 'NO'}`);
