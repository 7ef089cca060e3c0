import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { uuidv7 } from '../../src/contract/ids';
import type { Hold } from '../../src/features/budgets/budget-holds';
import type { StoredHolds } from '../../src/features/budgets/stored-holds.store';
import { BudgetSite } from '../support/budget-site';
import { Random } from '../support/hostile/random';

const SEED = Number(process.env['GATEHOUSE_TEST_SEED'] ?? Date.now() % 0x1_0000_0000);
const REPLICAS = 3;
const TAKERS = 200;
const ROUNDS = 4;
const LEASE_MS = 1_500;
const LIMIT = 400_000n;

/** What a call came to in the end, as the double of the provider would count it. */
interface Ended {
  readonly callId: string;
  readonly at: number;
  readonly cost: bigint;
}

describe('many processes and one budget', () => {
  let site: BudgetSite;
  let ledger: Client;
  beforeAll(async () => {
    site = await BudgetSite.build();
    ledger = new Client(site.database.url);
    await ledger.connect();
  });
  afterAll(async () => {
    await ledger?.end();
    await site?.clear();
    await site?.close();
  });

  it(`never spends and holds more than the limit, whoever dies; afterwards nothing is held (seed ${SEED})`, async () => {
    const random = new Random(SEED);
    const budget = await site.budget({ limit: LIMIT });
    const replicas: StoredHolds[] = Array.from({ length: REPLICAS }, () => site.replica(LEASE_MS));
    const ended: Ended[] = [];
    const counts = { held: 0, short: 0, died: 0 };
    let taking = true;

    /** One client: asks, waits, and settles what it cost, or goes away, or its process is gone. */
    const taker = async (place: number): Promise<void> => {
      for (let round = 0; round < ROUNDS; round++) {
        const store = replicas[place % REPLICAS] as StoredHolds;
        const [callId, at] = [uuidv7(), Date.now()];
        const estimate = { base: BigInt(random.below(4_000) + 1), perToken: 0n, tokens: 0, elastic: false };
        const taken = await store.take({ callId, at, budgets: [budget.id], estimate }).catch(() => undefined);
        if (taken?.kind === 'short') counts.short++;
        if (taken?.kind !== 'held') continue;
        counts.held++;
        await sleep(random.below(60));
        finish(store, taken.hold, at);
      }
    };
    const finish = (store: StoredHolds, hold: Hold, at: number): void => {
      if (!replicas.includes(store)) return void counts.died++;
      const cost = random.chance(0.2) ? 0n : BigInt(random.below(Number(hold.picos) + 1));
      store.settle(hold, cost);
      ended.push({ callId: hold.callId, at, cost });
    };
    /** The ledger reads what has ended, in stretches. */
    const projecting = async (): Promise<void> => {
      while (taking || ended.length) {
        await site.project(ledger, budget, ended.splice(0, 50));
        await sleep(20);
      }
    };
    /** What holds at every moment. */
    const watching = async (): Promise<bigint> => {
      let most = 0n;
      while (taking) {
        const { spent, held } = await site.state(budget.id);
        if (spent + held > most) most = spent + held;
        await sleep(10);
      }
      return most;
    };
    const killing = async (): Promise<void> => {
      for (let i = 0; i < REPLICAS; i++) {
        await sleep(150 + random.below(150));
        const [old] = replicas.splice(i, 1, site.replica(LEASE_MS));
        await old?.kill();
      }
    };

    const watched = watching();
    const projected = projecting();
    await Promise.all([killing(), ...Array.from({ length: TAKERS }, (_, place) => taker(place))]);
    await sleep(100);
    taking = false;
    await projected;
    expect(await watched).toBeLessThanOrEqual(LIMIT);

    // whoever lives says so, and what the dead held is free when their lease is over
    const until = Date.now() + LEASE_MS + 500;
    while (Date.now() < until) {
      await Promise.all(replicas.map((store) => store.beat()));
      await sleep(200);
    }
    const { spent, held } = await site.state(budget.id);
    expect(held).toBe(0n);
    expect(spent).toBeLessThanOrEqual(LIMIT);
    const moment = await site.upkeep.dead();
    if (moment) await site.upkeep.free(moment);
    const { rows } = await site.client.query('select count(*)::int as left from budget_holds');
    expect(rows).toEqual([{ left: 0 }]);
    // all of it is there to be used
    const rest = { base: LIMIT - spent, perToken: 0n, tokens: 0, elastic: false };
    const last = await replicas[0]!.take({ callId: uuidv7(), at: Date.now(), budgets: [budget.id], estimate: rest });
    expect(last.kind).toBe('held');
    expect(counts.held).toBeGreaterThan(100);
    expect(counts.short).toBeGreaterThan(0);
    expect(counts.died).toBeGreaterThan(0);
  });
});
