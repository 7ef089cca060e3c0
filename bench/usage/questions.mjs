// What `GET /v1/usage` is asked of a month. The tenant with the most calls is asked for wherever one is.
import { PERSON } from './site.mjs';

const DAY_MS = 86_400_000;
const day = (ms) => new Date(ms).toISOString().slice(0, 10);

/** @returns {[title: string, path: string][]} @param {{from: number, to: number, tenant: string}} asked ms */
export function questions({ from, to, tenant }) {
  const of = (query, [first, last] = [from, to]) =>
    `/v1/usage?${new URLSearchParams({ from: day(first), to: day(last), ...query })}`;
  const lastDay = [to - DAY_MS, to];
  const month = day((from + to) / 2).slice(0, 7);
  const by = (group_by, more = {}, period) => of({ group_by, ...more }, period);
  return [
    ['all, one row', of({})],
    ['all, by tenant', by('tenant')],
    ['all, by key, a page of 1,000', by('key', { limit: '1000' })],
    ['all, by user, a page of 1,000', by('user', { limit: '1000' })],
    ['all, by model', by('model')],
    ['all, by provider', by('provider')],
    ['all, by tag', by('tag')],
    ['all, by day', by('day')],
    ['all, by session, one day', by('session', {}, lastDay)],
    ['all, by model and day', by('model,day')],
    ['all, by tenant, user and day, a page of 100', by('tenant,user,day')],
    ['one tenant, by day', by('day', { tenant })],
    ['one tenant, by key', by('key', { tenant })],
    ['one tenant, by user', by('user', { tenant })],
    ['one tenant, by tag and model', by('tag,model', { tenant })],
    ['one tenant, by session, one day', by('session', { tenant }, lastDay)],
    ['one person, by model', by('model', { tenant, user: PERSON })],
    ['one tag, by day', by('day', { tag: 'team-4' })],
    ['forecast and trend, all', '/v1/usage/forecast'],
    ['forecast and trend, one tenant', `/v1/usage/forecast?tenant=${tenant}`],
    ['CSV, all, by tenant, key and day', by('tenant,key,day', { format: 'csv' })],
    ['CSV, all, by user and model', by('user,model', { format: 'csv' })],
    [`CSV, chargeback of ${month}, all tenants`, `/v1/usage/chargeback?month=${month}`],
  ];
}

/** How many rows an answer has. @param {Response} response */
export async function rowsOf(response) {
  const text = await response.text();
  if (response.headers.get('content-type').startsWith('text/csv')) return text.trim().split('\n').length - 1;
  const { data } = JSON.parse(text);
  return data ? data.length : 1;
}
