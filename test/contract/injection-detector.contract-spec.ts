import { type InjectionDetector } from '../../src/features/sanitization/injection/detector';
import { HttpInjectionDetector } from '../../src/features/sanitization/injection/http-injection-detector';
import { FakeClassifier } from '../support/fake-classifier';

describe('a detector over HTTP', () => {
  let server: FakeClassifier;
  let detector: InjectionDetector;
  const never = new AbortController().signal;
  const made = (more: object = {}) =>
    new HttpInjectionDetector({ name: 'guard', url: `${server.url}/predict?raw=1`, budgetMs: 2_000, ...more });
  const failure = async (one: InjectionDetector, signal = never) =>
    one.classify(['canary-text'], signal).then(
      () => undefined,
      (error: unknown) => error,
    );

  beforeEach(async () => {
    server = await new FakeClassifier().start();
    detector = made({ headers: () => ({ authorization: 'Bearer canary-key' }) });
  });
  afterEach(() => Promise.all([detector.close(), server.close()]));

  it('gives the score of the worst window', async () => {
    expect(await detector.classify(['hello', 'an attack', 'bye'], never)).toEqual({ score: 0.97 });
    expect(await detector.classify(['hello'], never)).toEqual({ score: 0.02 });
    expect(await detector.classify([], never)).toEqual({ score: 0 });
  });

  it('says whether it can be relied on', async () => {
    expect(await detector.check()).toBe(true);
    for (const fault of [500, 'garbage', 'breaks', 'hangs'] as const) {
      server.always(fault);
      expect(await detector.check()).toBe(false);
    }
    server.always();
    server.labels = ['BAD', 'GOOD'];
    expect(await detector.check()).toBe(false);
  });

  it('asks once for all windows, where and as it was told', async () => {
    await detector.classify(['one', 'two'], never);
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]).toMatchObject({ method: 'POST', target: '/predict?raw=1' });
    expect(server.asked[0]?.headers).toMatchObject({ authorization: 'Bearer canary-key' });
    expect(JSON.parse(String(server.asked[0]?.body))).toMatchObject({ inputs: ['one', 'two'] });
  });

  it('sends only whole characters, because servers refuse a call with half of one', async () => {
    await detector.classify(['half \ud83d of one', '😀'], never);
    expect(JSON.parse(String(server.asked[0]?.body))).toMatchObject({ inputs: ['half \ufffd of one', '😀'] });
  });

  it('reads only the labels that it was told mean an attack', async () => {
    server.labels = ['BAD', 'GOOD'];
    expect(await failure(detector)).toMatchObject({ name: 'DetectorUnavailable', reason: 'labels' });
    const other = made({ labels: ['bad'] });
    expect(await other.classify(['an attack'], never)).toEqual({ score: 0.97 });
    await other.close();
  });

  it.each([
    [500, 'status'],
    [503, 'status'],
    [429, 'status'],
    ['redirects', 'status'],
    ['garbage', 'garbage'],
    ['breaks', 'unreachable'],
  ] as const)('says that there is no score when the server answers with %s', async (fault, reason) => {
    server.always(fault);
    const error = await failure(detector);
    expect(error).toMatchObject({ name: 'DetectorUnavailable', reason });
    expect(String(error)).not.toContain('canary');
    server.always();
    expect(await detector.classify(['an attack'], never)).toEqual({ score: 0.97 });
  });

  it.each([[{}], [[[]]], [[[{ label: 'INJECTION' }]]], [[[{ label: 'INJECTION', score: 0.5 }], []]], ['"x"']])(
    'says that there is no score when the answer is %j',
    async (answer) => {
      server.fixed = answer;
      expect(await failure(detector)).toMatchObject({ reason: 'garbage' });
    },
  );

  it('does not read an answer without end', async () => {
    server.fixed = `[[{"label":"${'x'.repeat(400_000)}","score":1}]]`;
    expect(await failure(detector)).toMatchObject({ reason: 'garbage' });
  });

  it('does not wait beyond its budget', async () => {
    server.always('hangs');
    const quick = made({ budgetMs: 80 });
    const started = performance.now();
    expect(await failure(quick)).toMatchObject({ reason: 'timeout' });
    expect(performance.now() - started).toBeLessThan(1_500);
    await quick.close();
  });

  it('says that it cannot be reached', async () => {
    const nowhere = new HttpInjectionDetector({ name: 'guard', url: 'http://127.0.0.1:9/', budgetMs: 2_000 });
    expect(await failure(nowhere)).toMatchObject({ reason: 'unreachable' });
    await nowhere.close();
  });

  it('gives up with the reason of the caller who left', async () => {
    server.always('hangs');
    const leaving = new AbortController();
    const asked = failure(detector, leaving.signal);
    setTimeout(() => leaving.abort(new Error('gone')), 20);
    expect(await asked).toEqual(new Error('gone'));
  });
});
