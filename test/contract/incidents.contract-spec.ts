import { DataSource } from 'typeorm';
import type { Config } from '../../src/platform/config/config';
import { Incidents as IncidentSettings, type IncidentRule } from '../../src/platform/config/incidents';
import { dataSourceOptions } from '../../src/platform/database/migrate';
import { SealedBox } from '../../src/platform/secrets/sealed-box';
import { Impacts } from '../../src/features/incidents/stored/impact.store';
import { IncidentHearings } from '../../src/features/incidents/stored/incident-hearing.store';
import { IncidentUpkeep } from '../../src/features/incidents/stored/incident-upkeep.store';
import { Incidents } from '../../src/features/incidents/stored/incidents.store';
import { Notices } from '../../src/features/incidents/stored/notices.store';
import { Remedies } from '../../src/features/incidents/stored/remedies.store';
import { type TestDatabase, testDatabase } from '../support/database';

const settings = IncidentSettings.parse({
  channels: { a: { type: 'slack', url: 'env:X' }, b: { type: 'slack', url: 'env:X' } },
  rules: [
    {
      name: 'errors',
      when: { signal: 'error_rate', threshold: 0.5 },
      resolve: { for: '1m' },
      notify: ['a'],
      remediate: [{ action: 'fail_over', perHour: 2 }],
      escalate: [{ after: '5m', severity: 'critical', notify: ['b'] }],
    },
    { name: 'slow', when: { signal: 'latency', threshold: 9 }, severity: 'critical', notify: ['a', 'b'] },
    { name: 'breaker', when: { signal: 'breaker', scope: 'model', threshold: 1 }, severity: 'low' },
  ],
});
const [ERRORS, SLOW, BREAKER] = settings.rules as [IncidentRule, IncidentRule, IncidentRule];
const TRIED = { at: new Date(), ms: 3 };

describe('incidents in PostgreSQL', () => {
  let database: TestDatabase;
  let source: DataSource;
  let hearings: IncidentHearings;
  let upkeep: IncidentUpkeep;
  let incidents: Incidents;
  let notices: Notices;
  let remedies: Remedies;
  let subjects = 0;

  beforeAll(async () => {
    database = await testDatabase();
    source = await new DataSource({ ...dataSourceOptions(database.url), migrations: [] }).initialize();
    hearings = new IncidentHearings(source);
    upkeep = new IncidentUpkeep(source, { incidents: settings } as Config);
    incidents = new Incidents(source, new SealedBox(Buffer.alloc(32)));
    notices = new Notices(source);
    remedies = new Remedies(source);
  });
  afterAll(async () => {
    await source?.destroy();
    await database?.drop();
  });

  const fresh = () => `p${++subjects}`;
  const hear = (rule: IncidentRule, of: string, value = 1) =>
    hearings.hear({ rule, of, value, began: Date.now() - 5_000 });
  const opened = async (of: string): Promise<string> => {
    const heard = await hear(ERRORS, of);
    if (!heard?.opened) throw new Error('it was open already');
    return heard.id;
  };
  /** As if so many seconds had passed since it was heard, opened, tried and undone. */
  const age = async (id: string, seconds: number): Promise<void> => {
    const back = `- make_interval(secs => $2)`;
    await source.query(
      `update incident_signals set began_at = began_at ${back}, last_at = last_at ${back} where incident_id = $1`,
      [id, seconds],
    );
    await source.query(
      `update incidents set opened_at = opened_at ${back}, began_at = began_at ${back}, trial_at = trial_at ${back} where id = $1`,
      [id, seconds],
    );
    await source.query(
      `update incident_remedies set next_at = next_at ${back}, reverted_at = reverted_at ${back} where incident_id = $1`,
      [id, seconds],
    );
    await source.query(`update incident_notices set next_at = next_at ${back} where incident_id = $1`, [id, seconds]);
  };
  const kinds = async (id: string) => (await incidents.find(id)).timeline.map(({ kind }) => kind);
  const carryOut = async (id: string): Promise<void> => {
    for (const order of await remedies.claim())
      if (order.incidentId === id) await remedies.ended(order, { done: true }, undefined);
  };
  const finish = async (id: string) => incidents.resolve(id, { keyId: id, record: undefined });

  it('are one for each subject, however many hear of it at once, and by which rules', async () => {
    const of = fresh();
    const rules: [IncidentRule, string][] = [
      [ERRORS, of],
      [SLOW, of],
      [BREAKER, `${of}/m`],
    ];
    const heard = await Promise.all(Array.from({ length: 30 }, (_, i) => hear(...rules[i % 3]!)));
    const ids = new Set(heard.flatMap((one) => (one ? [one.id] : [])));
    expect([ids.size, heard.filter((one) => one?.opened).length]).toEqual([1, 1]);
    const [id] = [...ids];
    const full = await incidents.find(id!);
    expect(full).toMatchObject({ subject: `provider:${of}`, severity: 'critical' });
    expect(full.signals.map(({ rule }) => rule).sort()).toEqual(['breaker', 'errors', 'slow']);
    expect(full.timeline.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
    expect(full.timeline.filter(({ kind }) => kind === 'signal')).toHaveLength(2);
    // each channel once, whichever rule named it
    expect(full.notices.map(({ channel }) => channel).sort()).toEqual(['a', 'b']);
    await finish(id!);
  });

  it('take what is heard after their end for a new one', async () => {
    const of = fresh();
    const id = await opened(of);
    await finish(id);
    expect(await opened(of)).not.toBe(id);
  });

  it('end when all has been quiet for long enough, once what was done is undone and stays quiet', async () => {
    const of = fresh();
    const id = await opened(of);
    await carryOut(id);
    await age(id, 59);
    expect(await upkeep.sweep()).toEqual([]);
    await age(id, 2);
    await upkeep.sweep();
    expect(await incidents.find(id)).toMatchObject({ state: 'trial', remedies: [{ state: 'reverting' }] });
    await carryOut(id);
    await upkeep.sweep();
    expect((await incidents.find(id)).state).toBe('trial');
    await age(id, 61);
    expect(await upkeep.sweep()).toEqual([expect.objectContaining({ id, rule: 'errors', severity: 'high' })]);
    expect((await kinds(id)).filter((kind) => kind !== 'escalated')).toEqual([
      'opened',
      'remediated',
      'trial',
      'reverted',
      'resolved',
    ]);
  });

  it('go on when a trial fails: it is done again, the next trial comes later, and never too often', async () => {
    const of = fresh();
    const id = await opened(of);
    await carryOut(id);
    await age(id, 61);
    await upkeep.sweep();
    await carryOut(id);
    expect((await hear(ERRORS, of))?.opened).toBe(false);
    expect(await incidents.find(id)).toMatchObject({ state: 'open', remedies: [{ state: 'due' }] });
    const [order] = (await remedies.claim()).filter(({ incidentId }) => incidentId === id);
    expect(await remedies.refusal(order!)).toBeUndefined();
    await remedies.ended(order!, { done: true }, undefined);
    expect(await remedies.refusal(order!)).toBe('per_hour');
    await age(id, 61 + 50);
    await upkeep.sweep();
    expect((await incidents.find(id)).state).toBe('open');
    await age(id, 10);
    await upkeep.sweep();
    expect((await incidents.find(id)).state).toBe('trial');
    await finish(id);
    // another incident about the same leaves it alone for a while
    await carryOut(id);
    const next = await opened(of);
    const [again] = (await remedies.claim()).filter(({ incidentId }) => incidentId === next);
    expect(await remedies.refusal({ ...again!, settings: { ...again!.settings, per_hour: 9 } })).toBe('cool_down');
    await finish(next);
  });

  it('undo a remedy that was still under way when they ended', async () => {
    const id = await opened(fresh());
    const [order] = (await remedies.claim()).filter(({ incidentId }) => incidentId === id);
    await finish(id);
    await remedies.ended(order!, { done: true }, undefined);
    expect((await incidents.find(id)).remedies).toMatchObject([{ state: 'reverting' }]);
    await carryOut(id);
    expect((await incidents.find(id)).remedies).toMatchObject([{ state: 'reverted' }]);
  });

  it('have a remedy whose process died carried out by another one, and written down once', async () => {
    const id = await opened(fresh());
    const claim = async () => (await remedies.claim()).find(({ incidentId }) => incidentId === id);
    const first = await claim();
    expect(await claim()).toBeUndefined();
    await age(id, 31);
    const second = await claim();
    await remedies.ended(second!, { done: true }, undefined);
    await remedies.ended(first!, { done: true }, undefined);
    expect((await kinds(id)).filter((kind) => kind === 'remediated')).toHaveLength(1);
    await finish(id);
  });

  it('escalate once for each step while nobody acknowledges', async () => {
    const [watched, ignored] = [await opened(fresh()), await opened(fresh())];
    await incidents.acknowledge(watched, { keyId: watched, record: undefined });
    for (const id of [watched, ignored]) await age(id, 301);
    for (let i = 0; i < 3; i++) await Promise.all([upkeep.sweep(), upkeep.sweep()]);
    expect((await kinds(watched)).filter((kind) => kind === 'escalated')).toEqual([]);
    expect((await kinds(ignored)).filter((kind) => kind === 'escalated')).toHaveLength(1);
    expect(await incidents.find(ignored)).toMatchObject({ severity: 'critical' });
    for (const id of [watched, ignored]) await finish(id);
  });

  it('are told of in order, again when a process died, and by one at a time', async () => {
    await source.query('delete from incident_notices');
    const id = await opened(fresh());
    await finish(id);
    const claim = async () => (await notices.claim(30)).filter(({ incidentId }) => incidentId === id);
    const [first, ...others] = await claim();
    expect([first?.kind, others.length, (await claim()).length]).toEqual(['opened', 0, 0]);
    await age(id, 31);
    const [second] = await claim();
    expect([second?.id, second?.claim]).toEqual([first!.id, 2]);
    await notices.tried(first!, TRIED, { status: 'delivered' });
    await notices.tried(second!, { ...TRIED, status: 503, failure: 'status' }, { againMs: 0 });
    const [third] = await claim();
    expect(third).toMatchObject({ id: first!.id, failures: 1 });
    await notices.tried(third!, { ...TRIED, status: 200 }, { status: 'delivered' });
    const [last] = await claim();
    expect(last?.kind).toBe('resolved');
    await notices.tried(last!, { ...TRIED, failure: 'gone' }, { status: 'failed' });
    const { notices: all, timeline } = await incidents.find(id);
    expect(all.map(({ status, tries }) => [status, tries.length])).toEqual([
      ['delivered', 2],
      ['failed', 1],
    ]);
    expect(timeline.slice(-2).map(({ kind }) => kind)).toEqual(['notified', 'not_notified']);
  });

  it('add up what they did to calls, exactly, for a bounded number of tenants', async () => {
    const id = await opened(fresh());
    const impacts = new Impacts(source);
    const tenant = (n: number) => `00000000-0000-7000-8000-${`${n}`.padStart(12, '0')}`;
    const share = (from: number, to: number) => ({
      failed: 1,
      helped: 2,
      tries: 3,
      unpriced: 0,
      cost: 10n ** 20n + 1n,
      tenants: new Map(Array.from({ length: to - from }, (_, n) => [tenant(from + n), { failed: 1, helped: 2 }])),
    });
    for (const [from, to] of [
      [0, 600],
      [400, 1_003],
      [0, 2],
    ] as const)
      await impacts.add(id, share(from, to));
    const { impact, tenants } = await incidents.find(id);
    expect(impact).toEqual({ failed: 3, helped: 6, tries: 9, unpriced: 0, cost: (10n ** 20n + 1n) * 3n });
    expect([tenants.length, tenants[0]]).toEqual([1_000, expect.objectContaining({ failed: 2, helped: 4 })]);
    await finish(id);
  });
});
