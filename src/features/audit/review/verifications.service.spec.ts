import { Logger } from '@nestjs/common';
import { EventBus } from '../../../platform/events/event-bus';
import type { CheckpointsStore } from './checkpoints.store';
import type { Evidence } from './evidence.service';
import type { LogCheck } from './log-check.service';
import { Verifications } from './verifications.service';
import type { VerificationsStore } from './verifications.store';

describe('a verification that cannot read the log', () => {
  const told: string[] = [];
  const events = new EventBus();
  events.on('review.verified', ({ ok }) => void told.push(`verified: ${String(ok)}`));
  const store = {
    begin: () => Promise.resolve(true),
    isOpen: () => Promise.resolve(false),
    end: (_id: string, _checked: number, ok: boolean) => Promise.resolve(told.push(`ended: ${String(ok)}`)),
  } as unknown as VerificationsStore;
  const checkpoints = { latest: () => Promise.resolve({ size: 7 }) } as unknown as CheckpointsStore;
  const evidence = { record: () => Promise.resolve(told.push('recorded')) } as unknown as Evidence;
  const runs = (failure: Error) => {
    const check = { run: () => Promise.reject(failure) } as unknown as LogCheck;
    return new Verifications(check, store, checkpoints, evidence, events).nightly('2026-11-20', true);
  };
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => (told.length = 0));

  it('says so of a log that is not one', async () => {
    await runs(new SyntaxError('no header'));
    expect(told).toEqual(['verified: false', 'ended: false', 'recorded']);
  });

  it.each([
    Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' }),
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    new Error('Connection terminated unexpectedly'),
  ])('says nothing of the log when the database went away: %s', async (failure) => {
    await expect(runs(failure)).rejects.toBe(failure);
    expect(told).toEqual([]);
  });
});
