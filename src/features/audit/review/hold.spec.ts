import { type HoldScope, threatened } from './hold';

const at = (text: string) => new Date(`${text}T00:00:00Z`);
const march = at('2026-03-01');

describe('a hold', () => {
  it.each<[string, HoldScope, Parameters<typeof threatened>[1], boolean]>([
    ['on everything is met by every shred', {}, { tenant: 'a', subject: 's' }, true],
    ['on everything is met by every drop', {}, { month: march }, true],
    ['on a tenant is met by its people', { tenant: 'a' }, { tenant: 'a', subject: 's' }, true],
    ['on a tenant leaves others alone', { tenant: 'a' }, { tenant: 'b' }, false],
    ['on a person leaves others alone', { tenant: 'a', subject: 's' }, { tenant: 'a', subject: 't' }, false],
    ['on a person is met when the whole tenant goes', { tenant: 'a', subject: 's' }, { tenant: 'a' }, true],
    ['on a person is met when the month goes', { tenant: 'a', subject: 's' }, { month: march }, true],
    ['on a period is met by a month that begins in it', { from: at('2026-03-31') }, { month: march }, true],
    ['on a period is over before the next month', { to: at('2026-02-28') }, { month: march }, false],
    ['on a period begins after the month', { from: at('2026-04-01') }, { month: march }, false],
    ['on a period is met by a shred, which knows no time', { to: at('2026-02-28') }, { tenant: 'a' }, true],
    ['on calls may concern anybody', { requestIds: ['r'] }, { tenant: 'a', subject: 's' }, true],
  ])('%s', (_, scope, threat, expected) => {
    expect(threatened(scope, threat)).toBe(expected);
  });
});
