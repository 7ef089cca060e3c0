import { shreddedView } from './subject-schema';

const report = {
  order: 'o',
  scope: { tenant: 't' },
  entryId: 'e',
  entryIndex: 1,
  tenantKeys: 0,
  dataKeys: 1,
  subjects: 1,
  destroyedAt: new Date(0),
  finalAt: new Date(0),
  purged: { jobs: 1 },
};
const silentNode = (node: string, safeAt: string) => ({ node, seenAt: new Date(0), safeAt: new Date(safeAt) });

describe('the report of an erasure', () => {
  it('says from when on no copy can be used that a process may still have', () => {
    const silent = [silentNode('one', '2026-11-30T10:15:00Z'), silentNode('two', '2026-11-30T10:16:00Z')];
    expect(shreddedView({ ...report, silent })).toMatchObject({
      waiting_for: ['one', 'two'],
      safe_at: '2026-11-30T10:16:00.000Z',
    });
  });

  it('says that there is none', () => {
    expect(shreddedView({ ...report, silent: [] })).toMatchObject({ waiting_for: [], safe_at: null });
  });
});
