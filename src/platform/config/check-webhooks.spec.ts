import { checkWebhooks } from './check-webhooks';
import { Problems } from './problems';
import { WebhookSettings } from './webhook-settings';

const problemsOf = (settings: object, keepSeconds = 604_800): string => {
  const problems = new Problems();
  checkWebhooks(WebhookSettings.parse(settings), { keepSeconds }, problems);
  try {
    problems.throwIfAny();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('checkWebhooks', () => {
  it('is content with the defaults', () => expect(problemsOf({})).toBe(''));

  it.each([
    [{ backoffMs: 1_000, maxBackoffMs: 999 }, /webhooks\.maxBackoffMs: is less than/],
    [{ tenantConcurrency: 2, hostConcurrency: 3 }, /webhooks\.hostConcurrency: is more than/],
  ])('names %j', (settings, problem) => expect(problemsOf(settings)).toMatch(problem));

  it('names tries that would come after the job is gone', () => {
    // 3 tries of a second, and waits of at most 1.25 and 2.5 seconds
    const settings = { attempts: 3, backoffMs: 1_000, timeoutMs: 1_000 };
    expect(problemsOf(settings, 7)).toBe('');
    expect(problemsOf(settings, 6)).toMatch(/webhooks\.attempts: the last of 3 tries may come 7 seconds after/);
  });

  it.each(['https://example.com', '10.0.0.0/40', 'A.example', '*'])('takes no %j for a host', (entry) =>
    expect(WebhookSettings.safeParse({ allow: [entry] }).success).toBe(false),
  );
});
