import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { until } from '../support/ask';
import { headersOf } from '../support/audit';
import { IncidentSite } from '../support/incident-site';

const RULES = `
  - name: provider-errors
    when: { signal: error_rate, over: 5s, threshold: 0.5, minCalls: 6 }
    severity: high
    resolve: { below: 0.2, for: 2s }
    notify: [hook, team, pager]
    remediate: [{ action: fail_over }]
  - name: many-strangers
    when: { signal: access_refused, scope: gateway, over: 10s, threshold: 20 }
    severity: low
    resolve: { for: 60s }
    notify: [hook]
    remediate: [{ action: roll_back_flag, flag: brief-answers, revert: manual }]
    escalate:
      - { after: 1s, severity: critical, notify: [pager] }
  - name: prying-key
    when: { signal: access_refused, scope: key, over: 10s, threshold: 3 }
    severity: medium
    resolve: { for: 60s }
    remediate: [{ action: disable_key, revert: manual }]
`;

describe('incidents', () => {
  let site: IncidentSite;
  beforeAll(async () => {
    site = await IncidentSite.start(RULES);
  }, 60_000);
  afterAll(() => site?.close());

  it('an outage opens one, fails over, is told, ends when the provider is back, and is reported', async () => {
    const { receivers } = site;
    site.broken = true;
    // both processes see it, and the same incident is theirs
    for (let i = 0; i < 8; i++)
      expect(await Promise.all([site.first, site.second].map(async (at) => (await site.ask(at)).status))).toEqual([
        502, 502,
      ]);
    const [opened] = await until(async () => {
      const found = await site.about('provider:openai');
      return found[0]?.['mitigated_at'] ? found : undefined;
    });
    const { id } = opened!;
    expect(opened).toMatchObject({ rule: 'provider-errors', severity: 'high', state: 'open' });
    for (const at of [site.first, site.second]) {
      await until(async () => (await site.ask(at)).status === 200 || undefined);
      const { headers } = await site.ask(at);
      expect(headers.get('x-gatehouse-provider')).toBe('anthropic');
    }
    const { body: effective } = await site.api('GET', '/v1/policies/effective?model=pair');
    expect(effective['candidates'].map(({ withdrawn }: { withdrawn: unknown }) => withdrawn)).toEqual(['last', null]);
    const { body: status } = await site.api('GET', '/v1/status');
    expect(status['withdrawn']).toEqual([expect.objectContaining({ target: 'openai/*', place: 'last', incident: id })]);

    site.broken = false;
    await until(async () => (await site.show(id))['state'] === 'resolved' || undefined);
    expect((await site.ask()).headers.get('x-gatehouse-provider')).toBe('openai');
    expect(await site.about('provider:openai')).toHaveLength(1);

    for (const path of ['/hook', '/slack', '/pager'])
      await until(() => receivers.of(path, id).length === 2 || undefined);
    const [hook] = receivers.of('/hook', id);
    expect(new Webhook(site.secret).verify(hook!.text, hook!.headers as Record<string, string>)).toMatchObject({
      type: 'incident.opened',
      data: { incident_id: id, subject: 'provider:openai', severity: 'high' },
    });
    expect(receivers.of('/pager', id).map(({ body }) => [body['event_action'], body['dedup_key']])).toEqual([
      ['trigger', `gatehouse/${id}`],
      ['resolve', `gatehouse/${id}`],
    ]);
    expect(receivers.of('/slack', id).map(({ body }) => body['text'])).toEqual([
      'Incident: provider-errors on provider:openai (high)',
      'Resolved: provider-errors on provider:openai (high)',
    ]);

    const shown = await until(async () => {
      const full = await site.show(id);
      return full['timeline'].every(({ audit_entry }: { audit_entry: unknown }) => audit_entry) ? full : undefined;
    });
    expect(shown).toMatchObject({
      impact: { failed_calls: site.failures, failed_tries: site.failures },
      resolved_by: null,
    });
    expect(shown['impact']['helped_calls']).toBeGreaterThanOrEqual(4);
    expect(Number(shown['impact']['cost_usd'])).toBeGreaterThan(0);
    expect(shown['tenants']).toEqual([expect.objectContaining({ failed_calls: site.failures })]);
    const kinds = shown['timeline'].map(({ kind }: { kind: string }) => kind);
    const order = ['opened', 'remediated', 'trial', 'reverted', 'resolved'];
    expect(kinds.filter((kind: string) => order.includes(kind))).toEqual(order);
    const entries = await headersOf(site.first.databaseUrl);
    for (const { audit_entry } of shown['timeline'])
      expect(entries.find(({ entry_id }) => entry_id === audit_entry)?.event).toMatch(/^incident\./);

    const report = await site.api('GET', `/v1/incidents/${id}/report`);
    expect(report.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(report.body['text']).toContain(`- Calls that failed: ${site.failures}`);
    expect(report.body['text']).toContain('Done by the gateway: fail_over openai/*');
    const { body: stats } = await site.api('GET', '/v1/incidents/stats');
    const mttr = (Date.parse(shown['resolved_at']) - Date.parse(shown['opened_at'])) / 1_000;
    expect(stats).toMatchObject({ opened: 1, open: 0, mtta_seconds: null });
    expect(stats['mttr_seconds']).toBeCloseTo(mttr, 2);
    const metrics = await (await fetch(`${site.first.url}/metrics`)).text();
    expect(metrics).toMatch(/incidents_open\{severity="high"\} \d/);
  }, 60_000);

  it('a key that pries is not accepted until somebody has that undone, which is on record', async () => {
    const { key, id: keyId } = (await site.api('POST', '/v1/keys', { name: 'prying', roles: ['client'] })).body;
    for (let i = 0; i < 4; i++) expect((await site.api('GET', '/v1/incidents', undefined, { key })).status).toBe(403);
    const [incident] = await until(async () => {
      const found = await site.about(`key:${keyId}`);
      return found[0]?.['mitigated_at'] ? found : undefined;
    });
    await until(async () => (await site.ask(site.second, key)).status === 401 || undefined);
    expect((await site.api('GET', `/v1/keys/${keyId}`)).body).toMatchObject({ suspended_by: incident!['id'] });
    const reverted = await site.api('POST', `/v1/incidents/${incident!['id']}/remediations/1/revert`);
    expect(reverted.status).toBe(202);
    // each refusal would be one more of a stranger
    const suspended = async () => (await site.api('GET', `/v1/keys/${keyId}`)).body['suspended_at'];
    await until(async () => (await suspended()) === null || undefined);
    await until(async () => (await site.ask(site.second, key)).status === 200 || undefined);
    const again = await site.api('POST', `/v1/incidents/${incident!['id']}/remediations/1/revert`);
    expect(again).toMatchObject({ status: 409, body: { detail: 'The remediation is not in force: reverted' } });
    expect((await site.api('POST', `/v1/incidents/${incident!['id']}/remediations/9/revert`)).status).toBe(404);
    // whoever governs is left alone
    const mine = await site.api('GET', `/v1/incidents/${incident!['id']}`, undefined, { key });
    expect(mine.status).toBe(403);
  });

  it('escalates while nobody acknowledges, rolls a flag back, and is dealt with by people', async () => {
    const flag = { description: 'x', owner: 'x', variants: { off: false, on: true }, default: 'off' };
    await site.api('PUT', '/v1/flags/brief-answers', { flag });
    await site.api('PUT', '/v1/flags/brief-answers', { flag: { ...flag, default: 'on' } });
    for (let i = 0; i < 24; i++) await site.api('GET', '/v1/models', undefined, { key: 'gh_nobody' });
    const [incident] = await until(async () => {
      const found = await site.about('gateway');
      return found[0]?.['severity'] === 'critical' ? found : undefined;
    });
    const { id } = incident!;
    await until(() => site.receivers.of('/pager', id).length > 0 || undefined);
    await until(async () => (await site.api('GET', '/v1/flags/brief-answers')).body['version'] === 3 || undefined);
    expect((await site.api('GET', '/v1/flags/brief-answers')).body).toMatchObject({ flag: { default: 'off' } });

    expect((await site.api('POST', `/v1/incidents/${id}/acknowledge`)).body).toMatchObject({ state: 'acknowledged' });
    const noted = await site.api('POST', `/v1/incidents/${id}/notes`, { text: 'Somebody tries keys. <b>' });
    expect(noted).toMatchObject({
      status: 201,
      body: {
        timeline: expect.arrayContaining([expect.objectContaining({ kind: 'note', text: 'Somebody tries keys. <b>' })]),
      },
    });
    const empty = await site.api('POST', `/v1/incidents/${id}/notes`, { text: '' });
    expect(empty).toMatchObject({ status: 400, body: { param: 'text' } });
    const resolved = await site.api('POST', `/v1/incidents/${id}/resolve`);
    expect(resolved.body).toMatchObject({ state: 'resolved', resolved_by: expect.any(String) });
    expect((await site.api('POST', `/v1/incidents/${id}/resolve`)).status).toBe(409);
    await until(() => site.receivers.of('/pager', id).length === 3 || undefined);
    expect(site.receivers.of('/pager', id).map(({ body }) => body['event_action'])).toEqual([
      'trigger',
      'acknowledge',
      'resolve',
    ]);
    const report = (await site.api('GET', `/v1/incidents/${id}/report`)).body['text'];
    expect(report).toContain('> Somebody tries keys. &lt;b>');
    // a remedy that people are to undo stays
    const { body } = await site.api('GET', `/v1/incidents/${id}`);
    expect(body['remediations']).toMatchObject([{ action: 'roll_back_flag', state: 'done', reverted_at: null }]);

    // the next incident finds the flag rolled back, and does not bring back what that undid
    for (let i = 0; i < 24; i++) await site.api('GET', '/v1/models', undefined, { key: 'gh_nobody' });
    const next = await until(async () => (await site.about('gateway')).find((found) => found['id'] !== id));
    const remediations = await until(async () => {
      const shown = (await site.api('GET', `/v1/incidents/${next['id']}`)).body['remediations'];
      return shown[0]?.state !== 'due' ? shown : undefined;
    });
    expect(remediations).toMatchObject([{ action: 'roll_back_flag', state: 'skipped', reason: 'already' }]);
    const { body: kept } = await site.api('GET', '/v1/flags/brief-answers');
    expect(kept).toMatchObject({ version: 3, flag: { default: 'off' } });
  });

  it('are in the evidence pack of the period, which verifies offline and shows what was changed in it', async () => {
    const { key } = (await site.api('POST', '/v1/keys', { name: 'audit', roles: ['auditor', 'operator'] })).body;
    const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
    const pack = join(folder, 'pack.tar');
    const run = async (...args: string[]) => {
      const env = { PATH: process.env['PATH'] ?? '', GATEHOUSE_URL: site.first.url, GATEHOUSE_KEY: key as string };
      const child = spawn(process.execPath, [join(__dirname, '../../tools/evidence.mjs'), ...args], { env });
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const [code] = (await once(child, 'exit')) as [number];
      return { code, text };
    };
    try {
      const period = ['--from', new Date(Date.now() - 3_600_000).toISOString(), '--to', '2100-01-01'];
      expect(await run(...period, '--out', pack)).toMatchObject({
        code: 0,
        text: expect.stringMatching(/incidents: [3-9] reports/),
      });
      expect(await run(...period, '--out', pack)).toMatchObject({ code: 2 });
      expect(await run('--from', 'yesterday', '--to', '2100-01-01')).toMatchObject({
        code: 2,
        text: expect.stringContaining('--from must be a day such as 2026-11-01'),
      });
      const vkey = (
        await (await fetch(`${site.first.url}/v1/audit/vkey`, { headers: { authorization: `Bearer ${key}` } })).text()
      ).trim();
      const verified = await run('--verify', pack, '--vkey', vkey);
      expect(verified).toMatchObject({ code: 0, text: expect.stringContaining('the pack is verified') });

      spawnSync('tar', ['-xf', pack, '-C', folder]);
      const index = readFileSync(join(folder, 'index.md'), 'utf8');
      for (const event of [
        'config.loaded',
        'audit.export',
        'key.create',
        'flag.change',
        'incident.opened',
        'writer.open',
      ])
        expect(index).toContain(`| \`${event}\` |`);
      const text = readFileSync(pack);
      const at = text.indexOf('"event":"flag.change"');
      text.write('"event":"flag.chance"', at);
      writeFileSync(pack, text);
      expect(await run('--verify', pack, '--vkey', vkey)).toMatchObject({
        code: 1,
        text: expect.stringContaining('problem: flags.ndjson was changed'),
      });
      // that it was read is on record
      const read = await site.api('GET', '/v1/audit/entries?event=audit.export&limit=1');
      expect(read.body['data']).toHaveLength(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);

  it('are listed with filters and a cursor, for operators of the root tenant only', async () => {
    const { body: page } = await site.api('GET', '/v1/incidents?limit=1');
    expect(page['data']).toHaveLength(1);
    const { body: next } = await site.api('GET', `/v1/incidents?limit=10&cursor=${page['next_cursor']}`);
    expect(next['data'].map(({ id }: { id: string }) => id)).not.toContain(page['data'][0].id);
    const { body: high } = await site.api('GET', '/v1/incidents?severity=high&state=resolved&rule=provider-errors');
    expect(high['data']).toHaveLength(1);
    expect(await site.api('GET', '/v1/incidents?severity=grave')).toMatchObject({
      status: 400,
      body: { param: 'severity' },
    });
    expect((await site.api('GET', '/v1/incidents/01890000-0000-7000-8000-000000000000')).status).toBe(404);
    expect((await site.api('GET', '/v1/incidents/no-id')).status).toBe(400);
    const { id: tenant } = (await site.api('POST', '/v1/tenants', { name: 'other' })).body;
    const { key } = (await site.api('POST', '/v1/keys', { name: 'op', tenant, roles: ['operator'] })).body;
    const refused = await site.api('GET', '/v1/incidents', undefined, { key });
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});
