import { inspect } from 'node:util';
import { parseVkey } from '../../src/features/audit/format/vkey';
import { certify } from '../../src/features/audit/format/writer-certificate';
import { type Trust, verifyBundle } from '../../src/features/audit/verifier/verify-bundle';
import { bundleOf, eventfulLog, CorpusLog, selectionOf, usualLog } from '../support/audit-corpus';
import { Dice, isSameEvidence, membersOf, MUTATIONS, tarOf, withManifest } from '../support/audit-mutations';

const COUNT = Number(process.env['GATEHOUSE_TEST_MUTATIONS'] ?? 1_500);
const SEED = Number(process.env['GATEHOUSE_TEST_SEED'] ?? 20_261_128);

interface Case {
  readonly name: string;
  readonly log: CorpusLog;
  readonly bundle: Buffer;
  readonly trust: Trust;
}

async function cases(): Promise<Case[]> {
  const usual = usualLog(8);
  const eventful = eventfulLog();
  const trust = (log: CorpusLog, more: Partial<Trust> = {}): Trust => ({
    vkeys: [parseVkey(log.vkey)],
    outside: [{ name: 'kept', text: log.checkpoint() }],
    whole: true,
    ...more,
  });
  const sizes = [1, 9, usual.size];
  const first = usual.batches.find(({ entries }) => entries[0]?.header?.includes('"tenant":"t_1"'))?.first as number;
  const writers = [...usual.writers.values()].map(({ raw: key }) => ({
    origin: usual.origin,
    key,
    certificate: certify(usual.origin, key, usual.log.privateKey),
  }));
  const dropped = (index: number) => index >= 3 && index <= 6;
  const eventfulRuns = await selectionOf(eventful, (index) => !dropped(index));
  const chosen = await selectionOf(usual, (index) => index % 5 === 2);
  return [
    {
      name: 'whole',
      log: usual,
      bundle: await bundleOf(usual, {
        checkpoints: sizes.map((size) => usual.checkpoint(size)),
        keys: usual.keysOf([first], 't_1'),
      }),
      trust: trust(usual),
    },
    {
      name: 'eventful',
      log: eventful,
      bundle: await bundleOf(eventful, { runs: eventfulRuns }),
      trust: trust(eventful),
    },
    {
      name: 'selection',
      log: usual,
      bundle: await bundleOf(usual, { runs: chosen, writers, about: { entries: 'some' } }),
      trust: trust(usual, { whole: false }),
    },
  ];
}

const check = (bytes: Buffer, trust: Trust) =>
  verifyBundle(
    (async function* () {
      yield bytes;
    })(),
    trust,
  );

describe('a bundle that was tampered with', () => {
  let all: Case[];
  beforeAll(async () => void (all = await cases()));

  it('is clean before', async () => {
    for (const { bundle, trust, log } of all)
      for (const more of [{}, { withoutManifest: true }]) {
        const { verdict, findings } = await check(bundle, { ...trust, ...more });
        expect(
          findings.filter(
            ({ severity, code }) => severity === 'failure' || (severity === 'warning' && code !== 'restored'),
          ),
        ).toEqual([]);
        expect({ verdict, size: log.size }).toMatchObject({ verdict: 'verified' });
      }
  });

  it(`is never verified (${COUNT} times, seed ${SEED})`, async () => {
    const dice = new Dice(SEED);
    const accepted: unknown[] = [];
    const tried = new Map<string, number>();
    const parsed = await Promise.all(all.map(async (one) => ({ ...one, members: await membersOf(one.bundle) })));
    for (let count = 0; count < COUNT;) {
      const { name: of, bundle, members, trust, log } = dice.pick(parsed);
      const how = dice.pick([
        'as it is',
        'manifest signed by a thief',
        'manifest not looked at',
        'manifest not looked at',
        'file',
      ] as const);
      if (how === 'file') {
        const at = dice.roll(bundle.length);
        const changed = dice.roll(3) ? Buffer.from(bundle) : bundle.subarray(0, at);
        if (changed.length > at) changed[at] = (changed[at] as number) ^ (1 << dice.roll(8));
        const { verdict } = await check(changed, trust);
        if (verdict === 'verified') accepted.push({ of, how, at, length: changed.length });
        count++;
        continue;
      }
      const name = dice.pick(Object.keys(MUTATIONS));
      const mutated = MUTATIONS[name]?.(members, dice);
      if (!mutated || isSameEvidence(mutated, members)) continue;
      const file = tarOf(how === 'as it is' ? mutated : withManifest(mutated, log.origin));
      const { verdict, findings } = await check(file, { ...trust, withoutManifest: how === 'manifest not looked at' });
      if (verdict === 'verified') accepted.push({ of, how, name, findings });
      tried.set(name, (tried.get(name) ?? 0) + 1);
      count++;
    }
    if (accepted.length) console.log(inspect(accepted.slice(0, 10), { depth: 5 }));
    expect(accepted).toHaveLength(0);
    expect([...tried.keys()].toSorted()).toEqual(Object.keys(MUTATIONS).toSorted());
  }, 600_000);

  it('by somebody who has every key and repairs every hash is found out by a checkpoint that was kept', async () => {
    const dice = new Dice(SEED);
    const usual = usualLog(8);
    const trust: Trust = { vkeys: [parseVkey(usual.vkey)] };
    for (let round = 0; round < Math.max(20, Math.floor(COUNT / 50)); round++) {
      // one row says something else; its batch, all later ones and the checkpoint are signed again with the true keys
      const edited = dice.roll(usual.size);
      const forged = usual.forged(edited, (header) => header.replace(/"ts":"2026/, '"ts":"2025'));
      const bytes = await bundleOf(forged);
      expect((await check(bytes, trust)).verdict).toBe('verified');
      const size = dice.roll(usual.size + 1);
      const { verdict } = await check(bytes, { ...trust, outside: [{ name: 'kept', text: usual.checkpoint(size) }] });
      expect({ size, edited, verdict }).toEqual({ size, edited, verdict: size > edited ? 'failed' : 'verified' });
    }
  });

  it('by cutting the end off and going back to an older checkpoint is found out by a newer one', async () => {
    const log = usualLog(12);
    const kept = log.checkpoint();
    for (let count = 1; count < 10; count++) {
      const shorter = usualLog(12);
      for (const batch of shorter.batches.splice(-count)) shorter.leaves.length -= batch.entries.length;
      const { verdict, first_bad: bad } = await check(await bundleOf(shorter), {
        vkeys: [parseVkey(log.vkey)],
        outside: [{ name: 'kept', text: kept }],
      });
      expect({ verdict, bad }).toMatchObject({ verdict: 'failed', bad: { code: 'truncated', index: shorter.size } });
    }
  });

  it('by hiding what was not dropped is found out', async () => {
    const log = usualLog(12);
    for (let index = 0; index < log.size; index += 5) {
      const bytes = await bundleOf(log, { runs: await selectionOf(log, (i) => i !== index) });
      const { verdict, findings } = await check(bytes, { vkeys: [parseVkey(log.vkey)], withoutManifest: true });
      expect({ verdict, code: findings.some(({ code }) => code === 'withheld') }).toEqual({
        verdict: 'failed',
        code: true,
      });
    }
  });
});
