// `npm run drill:incident`: an outage under load, on two gateways. One provider fails, then hangs: one incident opens, three receivers are
// told, the provider is failed over so that callers' errors stop; it recovers, that is undone on trial, the incident closes, and its report
// says what the provider's own books say. Ends with 0 when all of that is so.
//   --errors 6  seconds that it fails   --hangs 25  seconds that it hangs: long enough for a trial to fail   --callers 8
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { buildSite } from './site.mjs';

const { values: options } = parseArgs({
  options: {
    errors: { type: 'string', default: '6' },
    hangs: { type: 'string', default: '25' },
    callers: { type: 'string', default: '8' },
  },
});
const WARM_UP_MS = 3_000;
const PATIENCE_MS = 120_000;
/** As long as a call may take, and what two gateways take to learn of it. */
const SETTLED_MS = 3_000;
/** Micro-dollars of a call: 20 tokens in and 10 out. */
const PRICE = { primary: 20 * 1 + 10 * 2, other: 20 * 3 + 10 * 6 };
const SUBJECT = 'provider:primary';
const say = (line) => process.stdout.write(`${line}\n`);

const problems = [];
const expect = (what, ok, seen = '') => {
  say(`${ok ? 'ok    ' : 'FAILED'}  ${what}${seen === '' ? '' : `: ${seen}`}`);
  if (!ok) problems.push(what);
};

const site = await buildSite();
const { primary, receivers } = site;
const keys = [];
for (const name of ['acme', 'globex']) {
  const { id: tenant } = (await site.ask('/v1/tenants', { body: { name } })).body;
  keys.push({ tenant, key: (await site.ask('/v1/keys', { body: { name, tenant, roles: ['client'] } })).body.key });
}

/** Every call of a caller: when it ended, whose it was, and how. */
const calls = [];
let over = false;
async function call(number) {
  const { tenant, key } = keys[number % keys.length];
  const at = site.gateways[number % site.gateways.length];
  const body = { model: 'drill', messages: [{ role: 'user', content: `Call ${calls.length}` }] };
  while (!over) {
    const { status, headers } = await site.ask('/v1/chat/completions', { body, at, key });
    calls.push({ at: Date.now(), tenant, status, provider: headers.get('x-gatehouse-provider') });
    await sleep(20);
  }
}
const callers = Array.from({ length: Number(options.callers) }, (_, number) => call(number));

const incidents = async () => (await site.ask(`/v1/incidents?subject=${SUBJECT}`)).body.data;
async function until(what, found) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(100)) {
    const value = await found();
    if (value) return value;
  }
  throw new Error(`not within ${PATIENCE_MS / 1_000} s: ${what}`);
}

try {
  await sleep(WARM_UP_MS);
  primary.become('errors');
  const brokenAt = Date.now();
  say(`the provider fails (${calls.length} calls before)`);
  const opened = await until('an incident', async () => (await incidents())[0]);
  say(
    `incident ${opened.id}, ${((Date.parse(opened.opened_at) - brokenAt) / 1_000).toFixed(1)} s after the first failure`,
  );
  await until('a remedy', async () => (await incidents()).find((one) => one.mitigated_at));
  await sleep(Math.max(0, brokenAt + Number(options.errors) * 1_000 - Date.now()));
  primary.become('hangs');
  say('the provider hangs');
  await sleep(Number(options.hangs) * 1_000);
  primary.become('well');
  const wellAt = Date.now();
  say('the provider is well again');
  const closed = await until('the end', async () => (await incidents()).find(({ state }) => state === 'resolved'));
  await sleep(1_500); // the last figures are added
  over = true;
  await Promise.all(callers);
  await verdict(closed.id, brokenAt, wellAt);
} catch (error) {
  problems.push(error.message);
  say(`FAILED  ${error.message}`);
} finally {
  over = true;
  await Promise.allSettled(callers);
  await site.stop();
}
say(problems.length ? `\n${problems.length} things are not as they should be` : '\nall is as it should be');
process.exit(problems.length ? 1 : 0);

/** Whether the provider was failed over at that time, and calls that were under way before had ended. */
function isRemedied(timeline, at) {
  let isOver = false;
  let since = 0;
  for (const { kind, at: when } of timeline) {
    if (Date.parse(when) > at) break;
    if (kind === 'remediated') [isOver, since] = [true, Date.parse(when)];
    // what is undone on trial is undone a moment before the timeline says so
    if (kind === 'trial') isOver = false;
  }
  return isOver && at - since > SETTLED_MS;
}

/** What the ledger says that failed calls cost, and what the other provider's answers cost more. */
async function costOf(helped) {
  const usage = await until('the ledger', async () => {
    const { body } = await site.ask('/v1/usage?group_by=provider');
    return body.data.reduce((sum, row) => sum + row.requests, 0) >= calls.length && body.data;
  });
  const all = usage.reduce((sum, row) => sum + Math.round(Number(row.cost_usd) * 1e6), 0);
  const answered = calls.filter(({ status }) => status === 200).length;
  const failed = all - (answered - helped) * PRICE.primary - helped * PRICE.other;
  return ((failed + helped * (PRICE.other - PRICE.primary)) / 1e6).toFixed(6);
}

async function verdict(id, brokenAt, wellAt) {
  const all = await incidents();
  expect('two gateways opened one incident', all.length === 1, all.length);
  const { body: incident } = await site.ask(`/v1/incidents/${id}`);
  const { body: report } = await site.ask(`/v1/incidents/${id}/report`);
  const kinds = incident.timeline.map(({ kind }) => kind);
  for (const kind of ['opened', 'remediated', 'trial', 'reverted', 'resolved'])
    expect(`the timeline says ${kind}`, kinds.includes(kind));
  expect(
    'it is undone',
    incident.remediations.every(({ state }) => state === 'reverted'),
  );
  expect('callers reach the provider again', calls.at(-1).provider === 'primary', calls.at(-1).provider);

  const late = calls.filter(({ at, status }) => status >= 500 && isRemedied(incident.timeline, at));
  expect(
    `callers' errors stop within ${SETTLED_MS / 1_000} s of the remedy, until it is undone`,
    !late.length,
    `${late.length} late`,
  );
  const trials = kinds.filter((kind) => kind === 'trial_failed').length;
  if (Number(options.hangs) >= 25)
    expect('while it hung a trial failed, and it was failed over again', trials > 0, trials);

  const books = primary.books.filter(({ health }) => health !== 'well');
  const failed = calls.filter(({ status }) => status >= 500);
  const { impact } = incident;
  expect(
    'calls that failed, as their callers saw it',
    impact.failed_calls === failed.length,
    `${impact.failed_calls} of ${failed.length}`,
  );
  expect('the report says so', report.includes(`- Calls that failed: ${failed.length}\n`));
  expect(
    'tries that failed, as the provider has it',
    impact.failed_tries === books.length,
    `${impact.failed_tries} of ${books.length}`,
  );
  const first = Math.abs(Date.parse(incident.began_at) - books[0].at);
  expect('it began with the first failure, to a second', first < 1_000, `${first} ms apart`);
  for (const { tenant } of keys) {
    const theirs = failed.filter((one) => one.tenant === tenant).length;
    const told = incident.tenants.find((one) => one.tenant === tenant)?.failed_calls ?? 0;
    expect('calls of a tenant that failed', told === theirs, `${told} of ${theirs}`);
  }
  const helped = calls.filter(({ status, provider }) => status === 200 && provider === 'other').length;
  expect(
    'calls that the other provider answered',
    impact.helped_calls === helped,
    `${impact.helped_calls} of ${helped}`,
  );
  const cost = await costOf(helped);
  expect(
    'what they cost more, and failed calls, in USD, as the ledger has it',
    impact.cost_usd === cost,
    `${impact.cost_usd} of ${cost}`,
  );

  const hook = receivers.of('/hook');
  const verified = hook.map(({ text, headers }) => new Webhook(site.secret).verify(text, headers).type);
  expect(
    'the webhook was told, and its signatures verify',
    verified.includes('incident.opened') && verified.at(-1) === 'incident.resolved',
    verified.join(' '),
  );
  const slack = receivers.of('/slack').map(({ body }) => body.text);
  expect('Slack was told', slack.length === 2 && slack[1].startsWith('Resolved'), slack.join(' | '));
  const pages = receivers.of('/pager').map(({ body }) => body);
  const actions = pages.map(({ event_action }) => event_action);
  expect(
    'PagerDuty was told, from trigger to resolve',
    actions[0] === 'trigger' && actions.at(-1) === 'resolve',
    actions.join(' '),
  );
  expect('under one key', new Set(pages.map(({ dedup_key }) => dedup_key)).size === 1, pages[0]?.dedup_key);
  const unrecorded = incident.timeline.filter(({ audit_entry }) => !audit_entry).length;
  expect(
    'the timeline is in the audit log',
    unrecorded <= 3,
    `${incident.timeline.length - unrecorded} of ${incident.timeline.length} entries`,
  );

  const { body: stats } = await site.ask('/v1/incidents/stats');
  const mttr = (Date.parse(incident.resolved_at) - Date.parse(incident.opened_at)) / 1_000;
  expect(
    'MTTR is the time from detection to end',
    Math.abs(stats.mttr_seconds - mttr) < 0.01,
    `${stats.mttr_seconds.toFixed(1)} s`,
  );
  say('');
  say(`calls          ${calls.length}, ${failed.length} failed, ${helped} answered by the other provider`);
  say(`detected       ${((Date.parse(incident.opened_at) - brokenAt) / 1_000).toFixed(1)} s after the first failure`);
  say(`mitigated      ${stats.mttm_seconds.toFixed(1)} s after detection`);
  say(
    `MTTR           ${stats.mttr_seconds.toFixed(1)} s, ${((Date.parse(incident.resolved_at) - wellAt) / 1_000).toFixed(1)} s after the provider was well`,
  );
}
