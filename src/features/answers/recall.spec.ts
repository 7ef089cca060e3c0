import type { CacheIntent } from '../../contract/call';
import { DEFAULTS } from '../../platform/config/policies';
import { recallOf } from './recall';

const rungs = (on: string, intent?: CacheIntent) => {
  const policy = { cached: on.includes('c'), stale: on.includes('s'), similar: on.includes('n') };
  const { cached, stale, similar, keep } = recallOf({ ...DEFAULTS.degradation, ...policy }, intent);
  return `${cached ? 'c' : ''}${stale ? 's' : ''}${similar ? 'n' : ''}${keep ? '+' : ''}`;
};

describe('recallOf', () => {
  it.each<[string, CacheIntent | undefined, string]>([
    ['', undefined, ''],
    ['c', undefined, 'c+'],
    ['s', undefined, 's+'],
    ['n', undefined, 'n+'],
    ['csn', undefined, 'csn+'],
    ['csn', 'no-store', ''],
    ['csn', 'refresh', '+'],
    ['', 'refresh', ''],
    ['', 'similar', 'n+'],
    ['c', 'similar', 'cn+'],
  ])('of the rungs "%s" and the wish %s is "%s"', (on, intent, expected) => {
    expect(rungs(on, intent)).toBe(expected);
  });
});
