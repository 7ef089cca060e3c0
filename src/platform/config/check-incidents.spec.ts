import { checkChannels, checkIncidents } from './check-incidents';
import { Incidents } from './incidents';
import { ConfigError, Problems } from './problems';

const rule = (more: object) => ({ name: 'r', when: { signal: 'error_rate', threshold: 0.5 }, ...more });

function problemsOf(document: object): readonly string[] {
  const problems = new Problems();
  const parsed = Incidents.safeParse(document);
  if (!parsed.success) problems.addAll('incidents.yaml', parsed.error);
  else {
    checkIncidents(parsed.data, new Set(['openai']), problems);
    checkChannels(parsed.data, { allow: ['10.0.0.0/8'] }, problems);
  }
  try {
    problems.throwIfAny();
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

describe('incidents.yaml', () => {
  it('takes rules that can take effect, with times in milliseconds', () => {
    const document = {
      channels: { ops: { type: 'pagerduty', routingKey: 'env:KEY' } },
      rules: [rule({ notify: ['ops'], remediate: [{ action: 'fail_over', revert: { after: '30m' } }] })],
    };
    expect(problemsOf(document)).toEqual([]);
    const [parsed] = Incidents.parse(document).rules;
    expect(parsed).toMatchObject({ when: { over: 60_000, for: 0 }, resolve: { for: 300_000 }, severity: 'high' });
    expect(parsed?.remediate[0]).toMatchObject({ revert: { after: 1_800_000 }, perHour: 3 });
  });

  it.each([
    [[rule({}), rule({})], 'incidents.yaml rules[1].name: there is another rule r'],
    [[rule({ notify: ['x'] })], 'incidents.yaml rules[0].notify: there is no channel x'],
    [
      [rule({ escalate: [{ after: '5m', notify: ['x'] }] })],
      'incidents.yaml rules[0].escalate[0].notify: there is no channel x',
    ],
    [
      [rule({ escalate: [{ after: '5m' }] })],
      'incidents.yaml rules[0].escalate[0]: says neither severity nor whom to notify',
    ],
    [
      [rule({ when: { signal: 'queue_depth', scope: 'tenant', threshold: 1 } })],
      'incidents.yaml rules[0].when.scope: queue_depth is measured on queue',
    ],
    [
      [rule({ when: { signal: 'error_rate', threshold: 50 } })],
      'incidents.yaml rules[0].when.threshold: is a share: at most 1',
    ],
    [
      [rule({ when: { signal: 'error_rate', threshold: 0.5, over: '2h' } })],
      'incidents.yaml rules[0].when.over: is at most an hour',
    ],
    [
      [rule({ when: { signal: 'error_rate', threshold: 0.5, over: '1 minute' } })],
      'incidents.yaml rules[0].when.over: must be a number and s, m or h: 30s, 5m, 2h',
    ],
    [
      [rule({ when: { signal: 'error_rate', threshold: 0.5, only: ['acme'] } })],
      'incidents.yaml rules[0].when.only[0]: provider acme is not configured',
    ],
    [
      [rule({ resolve: { below: 0.6 } })],
      'incidents.yaml rules[0].resolve.below: is more than the threshold: it would be quiet while it is heard',
    ],
    [
      [rule({ remediate: [{ action: 'disable_key' }] })],
      'incidents.yaml rules[0].remediate[0].action: disable_key needs a rule that is measured on key',
    ],
  ])('names what could never take effect', (rules, problem) => {
    expect(problemsOf({ rules })).toEqual([problem]);
  });

  it('takes no channel that leads to a private address, unless it is allowed', () => {
    const channels = (url: string) => ({ channels: { ops: { type: 'webhook', url, secret: 'env:X' } } });
    expect(problemsOf(channels('https://ops.example.com/x'))).toEqual([]);
    expect(problemsOf(channels('http://10.1.2.3/x'))).toEqual([]);
    expect(problemsOf(channels('https://192.168.0.1/x'))).toEqual([
      'incidents.yaml channels.ops.url: must not lead to a private address (webhooks.allow in gatehouse.yaml)',
    ]);
  });
});
