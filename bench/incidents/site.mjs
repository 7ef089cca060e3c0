// Two gateways on one PostgreSQL and one Redis, two providers, and those who are told.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { scratch } from '../audit/scratch.mjs';
import { startPostgres, startRedis } from '../drill/dependencies.mjs';
import { isReady, NOT_SET } from '../gatehouse.mjs';
import { WORK } from '../prepare.mjs';
import { freePort, launch } from '../server.mjs';
import { startDouble } from './double.mjs';
import { startReceivers } from './receivers.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const TIMEOUT_MS = 1_500;

const settings = (primary, other) => `
server: { replicas: 2 }
webhooks: { allow: ["127.0.0.1"] }
providers:
  primary: { type: local, baseUrl: "${primary}" }
  other: { type: local, baseUrl: "${other}" }
`;
const MODELS = 'aliases: { drill: [primary/drill-model, other/drill-model] }\n';
const PRICES = `prices:
  primary/drill-model: { input: 1, output: 2 }
  other/drill-model: { input: 3, output: 6 }
`;
// nothing stands in by itself: what stops the errors is what the incident does
const POLICIES = `defaults:
  timeout: { totalMs: ${TIMEOUT_MS} }
  retry: { attempts: 1 }
  fallback: { enabled: false }
  degradation: { stale: false }
  cache: { exact: false }
`;
const incidents = (receivers) => `channels:
  hook: { type: webhook, url: "${receivers}/hook", secret: "env:HOOK_SECRET" }
  team: { type: slack, url: "env:SLACK_URL" }
  pager: { type: pagerduty, routingKey: "env:PAGER_KEY", url: "${receivers}/pager" }
rules:
  - name: provider-errors
    when: { signal: error_rate, over: 10s, threshold: 0.5, minCalls: 10 }
    severity: high
    resolve: { below: 0.1, for: 5s }
    notify: [hook, team, pager]
    remediate: [{ action: fail_over }]
    escalate: [{ after: 20s, severity: critical, notify: [pager] }]
  - name: breaker-open
    when: { signal: breaker, over: 10s, threshold: 1 }
    severity: high
    resolve: { for: 5s }
    notify: [hook, team, pager]
    remediate: [{ action: fail_over }]
`;

export async function buildSite() {
  mkdirSync(join(WORK, 'incidents'), { recursive: true });
  const folder = scratch('incidents-');
  const stops = [() => rmSync(folder, { recursive: true, force: true })];
  const keep = async (starting) => {
    const started = await starting;
    stops.push(() => started.stop());
    return started;
  };
  const stop = async () => {
    for (const one of stops.toReversed()) await one();
  };
  try {
    const [primary, other] = [await keep(startDouble('primary')), await keep(startDouble('other'))];
    const receivers = await keep(startReceivers());
    const [postgres, redis] = [await keep(startPostgres(join(folder, 'pg'))), await keep(startRedis())];
    const files = {
      gatehouse: settings(primary.url, other.url),
      models: MODELS,
      prices: PRICES,
      policies: POLICIES,
      incidents: incidents(receivers.url),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.yaml`), text);
    writeFileSync(join(folder, 'guards.yaml'), readFileSync(join(ROOT, 'config/guards.yaml')));
    const secret = ['whsec', randomBytes(24).toString('base64')].join('_');
    const rootKey = `gh_${randomBytes(24).toString('hex')}`;
    const env = {
      ...NOT_SET,
      HOST: '127.0.0.1',
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      GATEHOUSE_CONFIG: join(folder, 'gatehouse.yaml'),
      GATEHOUSE_DATA_DIR: join(folder, 'data'),
      GATEHOUSE_ROOT_KEY: rootKey,
      GATEHOUSE_MASTER_KEY: randomBytes(32).toString('base64'),
      HOOK_SECRET: secret,
      SLACK_URL: `${receivers.url}/slack`,
      PAGER_KEY: 'r'.repeat(32),
      LOG_LEVEL: 'warn',
    };
    const gateways = [];
    for (const name of ['first', 'second']) {
      const port = await freePort();
      await keep(
        launch({
          name: `incidents/${name}`,
          command: [process.execPath, join(ROOT, 'dist/main.js')],
          env: { ...env, PORT: String(port) },
          ready: () => isReady(port),
          keepOutput: true,
        }),
      );
      gateways.push(`http://127.0.0.1:${port}`);
    }
    const ask = async (path, { body, at = gateways[0], key = rootKey } = {}) => {
      const response = await fetch(at + path, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json');
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    };
    return { primary, other, receivers, gateways, secret, ask, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
