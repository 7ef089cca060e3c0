import { Scrubber } from '../../platform/observability/scrubber';
import { LogFindings } from './log-findings.service';

const CPF = ['529', '982', '247'].join('.') + '-25';
const EMAIL = ['maria.souza', 'correio.com.br'].join('@');
const lineOf = (facts: object): string => `${JSON.stringify({ level: 'warn', ...facts })}\n`;

describe('what the log knows of personal data', () => {
  let scrubber: Scrubber;
  beforeEach(() => {
    scrubber = new Scrubber();
    new LogFindings(scrubber);
  });

  it.each<[string, string, string]>([
    ['a CPF', CPF, 'BR_CPF'],
    ['an e-mail address', EMAIL, 'EMAIL'],
    ['a card', ['4111', '1111', '1111', '1111'].join(' '), 'CREDIT_CARD'],
    ['a public address', '203.0.113.77', 'IP_ADDRESS'],
    ['a provider’s key', `sk-proj-${'aB3dE6gH9jK2mN5p'.repeat(3)}`, 'SECRET'],
  ])('covers %s', (_what, value, entity) => {
    expect(scrubber.text(`it said: ${value} is wrong`)).toBe(`it said: [${entity}] is wrong`);
    const line = scrubber.line(
      lineOf({ err: { name: 'Error', message: `no "${value}"`, stack: '    at f (a.js:1:2)' } }),
    );
    expect(line).toBe(lineOf({ err: { name: 'Error', message: `no "[${entity}]"`, stack: '    at f (a.js:1:2)' } }));
  });

  it.each<[string, object]>([
    [
      'a call',
      {
        time: '2026-11-28T17:53:50.123Z',
        request_id: '01900000-1234-7000-8000-529982247250',
        latency_ms: 52_998_224_725,
      },
    ],
    [
      'names of models',
      { model: 'claude-sonnet-4-20250514', provider_model: 'gpt-4o-2024-08-06', dialect: 'openai-chat' },
    ],
    [
      'what does not answer',
      { err: { name: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:5432', code: 'ECONNREFUSED' } },
    ],
    ['a host inside', { reason: 'connect ETIMEDOUT 10.20.30.40:6379' }],
    ['a host inside, IPv6', { reason: 'connect ECONNREFUSED ::1:5432 [fe80::1]' }],
    [
      'a place in the code',
      { stack: '    at Object.<anonymous> (/srv/gatehouse/dist/platform/config/load-config.js:134:25)' },
    ],
  ])('leaves %s alone', (_what, facts) => {
    expect(scrubber.line(lineOf(facts))).toBe(lineOf(facts));
  });

  it('covers what stands on the border of two pieces of a long text', () => {
    for (const before of [15_480, 15_495, 15_990, 16_000]) {
      const clean = scrubber.text(`${'a '.repeat(before / 2)}${EMAIL} ${'b '.repeat(9_000)}`);
      expect(clean).toContain('[EMAIL]');
      expect(clean).not.toContain('souza');
    }
  });
});
