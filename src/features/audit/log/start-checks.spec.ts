import { SCHEMA_VERSION } from './provision/schema-version';
import type { SecurityFacts } from './security-facts';
import { needsProvisioning, refuseUnsafe, securityReport } from './start-checks';

const GOOD: SecurityFacts = {
  user: 'gatehouse',
  superuser: false,
  couldOwn: false,
  owns: false,
  version: SCHEMA_VERSION,
  missingRoles: [],
  inheritedRoles: [],
  missingTables: [],
  unguarded: [],
  excessiveRights: [],
  foreignOwners: [],
  notDurable: [],
  ddlGuarded: true,
  monthsAhead: 3,
};
const RELIED = { relied: true, production: true, embedded: false };
const texts = (facts: Partial<SecurityFacts>, options = RELIED) => {
  const { problems, warnings } = securityReport({ ...GOOD, ...facts }, options);
  return { problems: problems.length, warnings: warnings.length };
};

describe('start checks', () => {
  it('find nothing wrong with a log that is kept well', () => {
    expect(securityReport(GOOD, RELIED)).toEqual({ ok: true, version: SCHEMA_VERSION, problems: [], warnings: [] });
    expect(() => refuseUnsafe(GOOD, RELIED)).not.toThrow();
  });

  it.each<[Partial<SecurityFacts>]>([
    [{ version: undefined }],
    [{ version: SCHEMA_VERSION - 1 }],
    [{ missingRoles: ['gatehouse_audit_writer'] }],
    [{ inheritedRoles: ['gatehouse_audit_reader'] }],
    [{ missingTables: ['audit.tiles'] }],
    [{ unguarded: ['audit.tiles: refuse_rows is missing'] }],
    [{ excessiveRights: ['gatehouse may write audit.tiles'] }],
    [{ foreignOwners: ['audit.tiles belongs to gatehouse'] }],
  ])('%p is a problem that provisioning mends', (facts) => {
    expect(texts(facts)).toEqual({ problems: 1, warnings: 0 });
    expect(needsProvisioning({ ...GOOD, ...facts })).toBe(true);
    expect(() => refuseUnsafe({ ...GOOD, ...facts }, RELIED)).toThrow(/npm run audit:provision/);
    expect(() => refuseUnsafe({ ...GOOD, ...facts }, { ...RELIED, relied: false })).not.toThrow();
  });

  it.each<[Partial<SecurityFacts>]>([
    [{ version: SCHEMA_VERSION + 1 }],
    [{ owns: true }],
    [{ notDurable: ['fsync is off', 'full_page_writes is off'] }],
  ])('%p is a problem that it does not mend', (facts) => {
    expect(texts(facts).problems).toBeGreaterThan(0);
    expect(needsProvisioning({ ...GOOD, ...facts })).toBe(false);
    expect(() => refuseUnsafe({ ...GOOD, ...facts }, RELIED)).toThrow(/cannot be relied upon[^]*$/);
    expect(() => refuseUnsafe({ ...GOOD, ...facts }, RELIED)).not.toThrow(/audit:provision/);
  });

  it('a role that could own the log is a problem in production, unless the database came with the process', () => {
    for (const facts of [{ superuser: true }, { couldOwn: true }]) {
      expect(texts(facts)).toEqual({ problems: 1, warnings: 0 });
      expect(texts(facts, { ...RELIED, embedded: true })).toEqual({ problems: 0, warnings: 1 });
      expect(texts(facts, { ...RELIED, production: false })).toEqual({ problems: 0, warnings: 1 });
    }
  });

  it('warn of what is not urgent', () => {
    expect(texts({ ddlGuarded: false, monthsAhead: 0 })).toEqual({ problems: 0, warnings: 2 });
  });

  it('list everything in one message, long lists shortened', () => {
    const unguarded = Array.from({ length: 8 }, (_, i) => `audit.t${i}: refuse_rows is missing`);
    expect(() => refuseUnsafe({ ...GOOD, unguarded, notDurable: ['fsync is off'] }, RELIED)).toThrow(
      /t0: [^]*t4: refuse_rows is missing and 3 more\.\n {2}- fsync is off: /,
    );
  });
});
