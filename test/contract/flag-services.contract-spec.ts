import type { FlagContext } from '../../src/contract/flags';
import { FlagEvaluations } from '../../src/features/flags/flag-evaluations';
import { FlagTable } from '../../src/features/flags/flag-table';
import { type OpenedService, openService } from '../../src/features/flags/providers/open-service.provider';
import type { Config } from '../../src/platform/config/config';
import { FlagServiceSettings } from '../../src/platform/config/flag-service-settings';
import { Flags } from '../../src/platform/config/flags';
import { KeyedHash } from '../../src/platform/secrets/keyed-hash';
import { until } from '../support/ask';
import { FakeFlagd, FakeLaunchDarkly, type FlagServiceDouble } from '../support/flag-services';

const hash = new KeyedHash(Buffer.alloc(32, 3));
const { flags: declared } = Flags.parse({
  flags: {
    tone: { description: 'x', owner: 'x', variants: { plain: 'plain', warm: 'warm', cold: 'cold' }, default: 'plain' },
  },
});
const acme: FlagContext = {
  tenantId: 't-1',
  tenantName: 'Acme',
  keyId: 'k-1',
  user: 'ada@example.org',
  session: 's-77',
};
const other: FlagContext = { ...acme, tenantId: 't-2', tenantName: 'Other' };
const SAYS = { flag: 'tone', tenant: 'Acme', value: 'warm', otherwise: 'plain' };

const secrets = { get: () => ({ current: { reveal: () => 'sdk-test' } }) } as unknown as Config['secrets'];
async function opened(settings: object, table: FlagTable) {
  const flagService = FlagServiceSettings.parse({ provider: settings, startMs: 1_000 });
  const service = await openService({ flagService, secrets }, table, hash);
  return { service, evaluations: new FlagEvaluations(service) };
}

describe.each([
  ['flagd', () => FakeFlagd.start()],
  ['launchdarkly', () => FakeLaunchDarkly.start()],
])('flags that %s evaluates', (name, start: () => Promise<FlagServiceDouble>) => {
  let double: FlagServiceDouble;
  let table: FlagTable;
  let service: OpenedService;
  let evaluations: FlagEvaluations;
  beforeEach(async () => {
    double = await start();
    double.says(SAYS);
    table = new FlagTable(declared, hash);
    ({ service, evaluations } = await opened(double.settings, table));
  });
  afterEach(async () => {
    await service.close();
    await double.close();
  });
  const ask = (context: FlagContext) => evaluations.evaluate(table.find('tone')!, context);

  it('are what it says of a call', async () => {
    expect(evaluations.provider).toBe(name);
    expect(await ask(acme)).toEqual({ variant: 'warm', value: 'warm', reason: 'provider' });
    expect(await ask(other)).toMatchObject({ variant: 'plain', reason: 'provider' });
  });

  it('change within a second', async () => {
    double.says({ ...SAYS, value: 'cold' });
    const from = performance.now();
    await until(async () => (await ask(acme)).variant === 'cold' || undefined);
    expect(performance.now() - from).toBeLessThan(1_000);
  });

  it('may be nothing that is not declared, and are then their default, which says so', async () => {
    double.says({ ...SAYS, value: 'shouting' });
    await until(async () => (await ask(acme)).reason === 'error' || undefined);
    expect(await ask(acme)).toEqual({ variant: 'plain', value: 'plain', reason: 'error', error: 'UNDECLARED' });
  });

  it('are their default where it does not know them', async () => {
    const unknown = new FlagTable({ ...declared, unheard: declared['tone']! }, hash).find('unheard')!;
    expect(await evaluations.evaluate(unknown, acme)).toMatchObject({
      variant: 'plain',
      reason: 'error',
      error: 'FLAG_NOT_FOUND',
    });
  });

  it('can be killed here whatever it says', async () => {
    table.learn(new Map([['tone', { version: 1, definition: undefined, killed: true }]]));
    expect(await ask(acme)).toEqual({ variant: 'plain', value: 'plain', reason: 'killed' });
  });

  it('tell it nothing about callers', async () => {
    await ask(acme);
    await service.close();
    expect(double.received.join()).not.toMatch(/ada@|s-77|Acme|t-1|k-1/);
  });

  it('are their default while it cannot be reached, and a start does not wait for it for long', async () => {
    const { settings } = double;
    await double.close();
    const from = performance.now();
    const away = await opened(settings, table);
    expect(performance.now() - from).toBeLessThan(3_000);
    expect(await away.evaluations.evaluate(table.find('tone')!, acme)).toMatchObject({
      variant: 'plain',
      reason: 'error',
    });
    await away.service.close();
    double = await start();
  });
});
