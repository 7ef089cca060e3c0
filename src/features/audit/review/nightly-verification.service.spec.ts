import type { Config } from '../../../platform/config/config';
import type { AuditLogService } from '../log/audit-log.service';
import { NightlyVerification } from './nightly-verification.service';
import type { Verifications } from './verifications.service';

describe('the nightly verification', () => {
  const leader = { leads: true };
  const nights: string[] = [];
  let isOver: boolean;
  let failure: Error | undefined;
  const begun: NightlyVerification[] = [];
  const verifications = {
    nightly: async (day: string, isDue: boolean) => {
      nights.push(isDue ? day : `${day}, if cut short`);
      if (failure) throw failure;
      return isOver;
    },
  } as unknown as Verifications;

  function startAt(time: string, verifyAt?: string): void {
    jest.setSystemTime(new Date(time));
    const nightly = new NightlyVerification(
      { audit: { verifyAt } } as unknown as Config,
      leader as unknown as AuditLogService,
      verifications,
    );
    nightly.onApplicationBootstrap();
    begun.push(nightly);
  }

  beforeEach(() => {
    jest.useFakeTimers();
    nights.length = 0;
    leader.leads = true;
    [isOver, failure] = [true, undefined];
  });
  afterEach(() => {
    for (const nightly of begun.splice(0)) nightly.onApplicationShutdown();
    jest.useRealTimers();
  });

  it('runs once a day, at the time that was set', async () => {
    startAt('2026-11-20T01:00:00Z', '02:30');
    await jest.advanceTimersByTimeAsync(89 * 60_000);
    expect(nights).toEqual([]);
    await jest.advanceTimersByTimeAsync(2 * 60_000);
    expect(nights).toEqual(['2026-11-20']);
    await jest.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(nights).toEqual(['2026-11-20', '2026-11-21']);
  });

  it('does not catch up with what was before the start', async () => {
    startAt('2026-11-20T12:00:00Z');
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(nights).toEqual(['2026-11-20, if cut short']);
    await jest.advanceTimersByTimeAsync(15 * 3_600_000);
    expect(nights).toEqual(['2026-11-20, if cut short', '2026-11-21']);
  });

  it('is tried until nothing is left of it', async () => {
    startAt('2026-11-20T02:59:50Z');
    failure = new Error('the database is away');
    await jest.advanceTimersByTimeAsync(60_000);
    [isOver, failure] = [false, undefined];
    await jest.advanceTimersByTimeAsync(60_000);
    isOver = true;
    await jest.advanceTimersByTimeAsync(600_000);
    expect(nights).toEqual(Array.from({ length: 5 }, () => '2026-11-20'));
  });

  it('is for the process that signs checkpoints, whichever that is by then', async () => {
    leader.leads = false;
    startAt('2026-11-20T02:59:00Z');
    await jest.advanceTimersByTimeAsync(600_000);
    expect(nights).toEqual([]);
    leader.leads = true;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(nights).toEqual(['2026-11-20']);
  });
});
