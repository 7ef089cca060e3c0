import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../contract/errors';
import type { Answer, Question } from '../contract/job';
import type { Json } from '../contract/json';
import type { Picos } from '../contract/money';
import type { ClaimedJob } from '../features/jobs';
import type { CallOrigin } from './job-calls.service';
import { WorkingJob } from './working-job';

const QUESTION: Question = { model: 'fast', prompt: 'What?' };

/** What is kept of one job, for whichever process works on it. */
class Place {
  readonly steps = new Map<string, Json>();
  readonly partials = new Map<string, Json>();
  readonly names: string[] = [];
  spent = 0n;
  isMine = true;
  limited = 0;
  under = 0;
  most = 0;

  work(attempt = 1, parallel = 2): WorkingJob {
    const claimed = {
      id: 'j1',
      tenantId: 't1',
      attempt,
      job: { keyId: 'k1', progress: 0 },
      submission: { input: null, ttlSeconds: 1 },
    } as unknown as ClaimedJob;
    const mine = (write: () => void) => {
      if (this.isMine) write();
      return Promise.resolve(this.isMine);
    };
    return new WorkingJob(claimed, {
      parallel,
      resultBytes: 1_000,
      signals: { tell: () => undefined },
      claims: {
        stepOf: (_claim, key) => Promise.resolve(this.steps.get(key)),
        keepStep: (_claim, key, content, cost) =>
          mine(() => {
            this.steps.set(key, content);
            this.spent += cost;
          }),
        partial: (_claim, key, value) => mine(() => this.partials.set(key, value)),
        progress: () => mine(() => undefined),
        spend: (_claim: unknown, cost: Picos) => Promise.resolve(void (this.spent += cost)),
      },
      calls: {
        ask: (_question, origin) => this.answer(origin),
        verbatim: () => Promise.reject(new Error('not asked for')),
        post: () => Promise.reject(new Error('not asked for')),
        receive: () => Promise.reject(new Error('not asked for')),
      },
    });
  }

  private async answer({ name, spent, signal }: CallOrigin): Promise<Answer> {
    this.names.push(name);
    this.most = Math.max(this.most, ++this.under);
    await sleep(10, undefined, { signal }).catch(() => undefined);
    this.under--;
    signal.throwIfAborted();
    spent(5n, this.limited <= 0);
    if (this.limited-- > 0) throw new GatewayError('rate_limited', 'later', { retryAfter: 0 });
    return { text: 'answered' } as Answer;
  }
}

describe('a job that is worked on', () => {
  it('does each step once, whoever asks for it and however often it is taken over', async () => {
    const place = new Place();
    const job = place.work();
    let done = 0;
    const step = (of: WorkingJob) =>
      of.step('page 1', async (ask) => {
        done++;
        return (await ask(QUESTION)).text;
      });
    expect(await Promise.all([step(job), step(job)])).toEqual(['answered', 'answered']);
    expect(await step(place.work(2))).toBe('answered');
    expect(done).toBe(1);
    expect(place.spent).toBe(5n);
  });

  it('remembers nothing of a step that ended but that it did', async () => {
    const place = new Place();
    const job = place.work();
    const step = () => job.step('s', async (ask) => (await ask(QUESTION)).text);
    expect(await step()).toBe('answered');
    place.steps.set('s', 'as it is kept');
    expect(await step()).toBe('as it is kept');
    expect(place.names).toHaveLength(1);
  });

  it('keeps no step of what concludes it, asks under the same name again, and says what that cost', async () => {
    const place = new Place();
    const job = place.work();
    expect(await job.conclude('s', async (ask) => (await ask(QUESTION)).text)).toBe('answered');
    expect([place.steps.size, place.spent, job.unpaid]).toEqual([0, 0n, 5n]);
    const again = place.work(2);
    await again.conclude('s', async (ask) => (await ask(QUESTION)).text);
    expect(new Set(place.names).size).toBe(1);
    again.handBack();
    await expect(again.conclude('s', () => Promise.resolve(1))).rejects.toThrow('handed back');
  });

  it('names its calls the same when they are made again, and others otherwise', async () => {
    const names = async (attempt: number, prompts: string[]) => {
      const place = new Place();
      await place.work(attempt).step('s', async (ask) => {
        for (const prompt of prompts) await ask({ ...QUESTION, prompt });
        return null;
      });
      return place.names;
    };
    const first = await names(1, ['a', 'b', 'a']);
    expect(new Set(first).size).toBe(3);
    expect(await names(2, ['a', 'b', 'a'])).toEqual(first);
    expect((await names(2, ['a', 'c']))[1]).not.toBe(first[1]);
    for (const name of first) expect(name).toMatch(/^[\x20-\x7e]{1,255}$/);
  });

  it('asks again for the same when a limit was met', async () => {
    const place = new Place();
    place.limited = 1;
    await place.work().step('s', async (ask) => (await ask(QUESTION)).text);
    expect(new Set(place.names).size).toBe(1);
    expect(place.names).toHaveLength(2);
    expect(place.spent).toBe(10n);
  });

  it('has no more steps under way than it may', async () => {
    const place = new Place();
    const job = place.work(1, 3);
    await Promise.all(
      Array.from({ length: 12 }, (_, i) => job.step(`s${i}`, async (ask) => (await ask(QUESTION)).text)),
    );
    expect(place.most).toBe(3);
    expect(job.parallel).toBe(3);
  });

  it('stops at once when it is somebody else’s', async () => {
    const place = new Place();
    const job = place.work();
    place.isMine = false;
    await expect(job.step('s', () => Promise.resolve(1))).rejects.toMatchObject({ why: 'taken' });
    expect(job.signal.aborted).toBe(true);
    await expect(job.partial('p', 1)).rejects.toMatchObject({ why: 'taken' });
    await expect(job.step('t', () => Promise.resolve(1))).rejects.toMatchObject({ why: 'taken' });
  });

  it('finishes the step that is under way when it is handed back, and begins no other', async () => {
    const job = new Place().work();
    const first = job.step('first', async (ask) => (await ask(QUESTION)).text);
    await sleep(1);
    job.handBack();
    expect(await first).toBe('answered');
    await expect(job.step('second', () => Promise.resolve(1))).rejects.toMatchObject({ why: 'handed-back' });
  });

  it('counts what a failed step cost once: when it is done after all, or when the job has ended', async () => {
    const place = new Place();
    const broken = async (job: WorkingJob) => {
      const step = job.step('s', async (ask) => {
        await ask(QUESTION);
        throw new Error('broken');
      });
      await expect(step).rejects.toThrow('broken');
    };
    await broken(place.work());
    expect(place.spent).toBe(0n);
    // the same answer is given again
    await place.work(2).step('s', async (ask) => (await ask(QUESTION)).text);
    expect(place.spent).toBe(5n);

    const another = new Place();
    const job = another.work();
    await broken(job);
    await job.settle();
    await job.settle();
    expect(another.spent).toBe(5n);
  });

  it('counts what failed calls cost at once: nobody gives their answers again', async () => {
    const place = new Place();
    place.limited = 1;
    const failing = place.work().step('s', async (ask) => {
      await ask(QUESTION);
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    expect(place.spent).toBe(5n);
  });

  it('keeps nothing that is too large', async () => {
    const job = new Place().work();
    await expect(job.step('s', () => Promise.resolve('x'.repeat(2_000)))).rejects.toMatchObject({
      code: 'prompt_too_large',
    });
    await expect(job.partial('p', 'x'.repeat(2_000))).rejects.toMatchObject({ code: 'prompt_too_large' });
    expect(() => job.step('x'.repeat(201), () => Promise.resolve(1))).toThrow('1 to 200 characters');
  });
});
