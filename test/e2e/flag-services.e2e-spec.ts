import { join } from 'node:path';
import { until } from '../support/ask';
import { FakeFlagd, FakeLaunchDarkly, type FlagServiceDouble } from '../support/flag-services';
import { FlagSite } from '../support/flag-site';
import { startGateway } from '../support/gateway';

const MODELS = 'aliases: { fast: [openai/gpt-4o] }';
const FLAGS = `flags:
  fast-model:
    description: Which model answers fast
    owner: platform team
    decides: { what: model, alias: fast }
    variants: { usual: fast, small: openai/gpt-4o-mini }
    default: usual
`;
const settingsOf = (provider: object) => JSON.stringify({ flags: { provider, startMs: 2_000 } });

describe.each([
  ['flagd', () => FakeFlagd.start()],
  ['launchdarkly', () => FakeLaunchDarkly.start()],
])('a gateway whose flags %s evaluates', (name, start: () => Promise<FlagServiceDouble>) => {
  let double: FlagServiceDouble;
  let site: FlagSite;
  beforeAll(async () => {
    double = await start();
    double.says({ flag: 'fast-model', tenant: 'root', value: 'openai/gpt-4o-mini', otherwise: 'fast' });
    site = await FlagSite.start({ models: MODELS, flags: FLAGS, settings: settingsOf(double.settings) });
  }, 60_000);
  afterAll(async () => {
    await site?.close();
    await double?.close();
  });
  let asked = 0;
  const chat = () => site.chat('fast', { user: 'ada', prompt: `Question ${++asked}` });

  it('decides by them, records who said so, and falls back to what is declared when they are switched off', async () => {
    const { body } = await site.api('POST', '/v1/flags/fast-model/evaluate', {});
    expect(body).toMatchObject({ provider: name, variant: 'small', reason: 'provider', error: null });
    const call = await chat();
    expect(call.model).toBe('gpt-4o-mini');
    expect(await site.recordOf(call.id)).toMatchObject({ feature_flags: [{ variant: 'small', reason: 'provider' }] });

    double.says({ flag: 'fast-model', tenant: 'root', value: 'openai/gpt-5', otherwise: 'fast' });
    const undeclared = await until(async () => {
      const found = await chat();
      return found.model === 'gpt-4o' ? found : undefined;
    });
    expect(await site.recordOf(undeclared.id)).toMatchObject({
      feature_flags: [{ variant: 'usual', reason: 'error', error: 'UNDECLARED' }],
    });
    expect((await site.api('POST', '/v1/flags/fast-model/kill')).status).toBe(200);
    expect((await site.api('POST', '/v1/flags/fast-model/evaluate', {})).body).toMatchObject({ reason: 'killed' });
  });

  it('refuses a promotion, whose canary that service would not know, and says why', async () => {
    const asked = { alias: 'fast', candidate: 'openai/gpt-5', suite: 'any' };
    const { status, body } = await site.api('POST', '/v1/promotions', asked);
    expect({ status, detail: body['detail'] }).toEqual({
      status: 409,
      detail: `A canary needs flags that the gateway evaluates: flags.provider is ${name}`,
    });
  });
});

it.each([
  [{ type: 'flagd' }, '@openfeature/flagd-provider', 'npm install @openfeature/flagd-provider @grpc/grpc-js'],
  [
    { type: 'launchdarkly', sdkKey: 'literal:x' },
    '@launchdarkly/openfeature-node-server',
    'npm install @launchdarkly/',
  ],
])('a service whose library is not installed stops the start, and names it: %j', async (provider, absent, told) => {
  const start = startGateway({
    settings: settingsOf(provider),
    env: {
      NODE_OPTIONS: `--require ${join(__dirname, '../support/not-installed.cjs')}`,
      GATEHOUSE_TEST_ABSENT: absent,
    },
  }).then(async (gateway) => gateway.close());
  await expect(start).rejects.toThrow(
    new RegExp(`flags\\.provider: ${provider.type} needs what is not installed: ${told}`),
  );
});

it('a key of the service that is not there stops the start by name', async () => {
  const provider = { type: 'launchdarkly', sdkKey: 'env:NO_SUCH_KEY' };
  const start = startGateway({ settings: settingsOf(provider) }).then(async (gateway) => gateway.close());
  await expect(start).rejects.toThrow(/flags\.provider\.sdkKey/);
});
