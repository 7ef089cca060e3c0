import { ask, recordOf, type Reply, until } from '../support/ask';
import { BlackHole } from '../support/black-hole';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS, type InferenceDoor, readStream } from '../support/inference-doors';
import { type Script, Upstream } from '../support/upstream';
import { never, paces, says, stalls } from '../support/upstream-scripts';
import { framesFor } from '../support/vendor-replies';

const settings = (silent: string): string => `
providers:
  refusing: { type: local, baseUrl: "http://127.0.0.1:1" }
  silent: { type: local, baseUrl: "${silent}" }
`;
const policies = `
defaults:
  retry: { attempts: 1 }
  breaker: { enabled: false }
  degradation: { message: '' }
  timeout: { firstTokenMs: 2000, idleMs: 1500, totalMs: 4000 }
providers:
  silent: { timeout: { connectMs: 300, firstTokenMs: 5000, totalMs: 5000 } }
`;
const MODELS = ['openai/gpt-4o', 'anthropic/claude-haiku-4-5'];
const WAYS = DOORS.flatMap((door) => MODELS.map((model) => ({ door, model, name: `${door.name} from ${model}` })));

interface Outcome extends Reply {
  readonly name: string;
  readonly door: InferenceDoor;
}

describe('a provider that takes too long', () => {
  let upstream: Upstream;
  let hole: BlackHole;
  let gateway: Gateway;

  beforeAll(async () => {
    [upstream, hole] = await Promise.all([Upstream.start(), BlackHole.open()]);
    gateway = await startGateway({ env: upstream.env, settings: settings(hole.url), policies });
  });
  afterAll(async () => {
    await gateway?.close();
    await Promise.all([upstream?.close(), hole?.close()]);
  });

  /** The same call at every door to every provider, all at the same time. */
  async function everywhere(stream: boolean, script: Script, headers?: Record<string, string>): Promise<Outcome[]> {
    upstream.answers(script);
    const calls = WAYS.map(async ({ door, model, name }) => {
      const reply = await ask(gateway, door.path, door.ask(model, 'Hello', stream), headers);
      return { ...reply, name, door };
    });
    return Promise.all(calls);
  }
  /** The provider does not go on for nobody. */
  const allCancelled = () => until(() => (upstream.open === 0 && upstream.aborted === WAYS.length) || undefined);
  const everyOne = <T>(value: T) => WAYS.map(({ name }) => [name, value]);

  async function expectRecorded(outcomes: readonly Outcome[]): Promise<void> {
    const records = outcomes.map(({ headers }) => recordOf(gateway, String(headers['x-request-id'])));
    for (const record of await Promise.all(records))
      expect(record).toMatchObject({ status: 'failed', error_code: 'deadline_exceeded' });
  }
  function expectRefused(outcomes: readonly Outcome[], message: string): void {
    const seen = outcomes.map(({ name, status, text, door }) => [
      name,
      [status, door.error(JSON.parse(text))?.message],
    ]);
    expect(seen).toEqual(everyOne([504, message]));
  }
  function expectBrokenOff(outcomes: readonly Outcome[], message: string): void {
    const seen = outcomes.map(({ name, status, text, door }) => {
      const { complete, failure } = readStream(door, text);
      return [name, [status, complete, failure?.message]];
    });
    expect(seen).toEqual(everyOne([200, false, message]));
  }

  it.each([
    ['a whole', false, 'The call did not finish within its deadline'],
    ['a stream', true, 'The provider did not begin to answer within 2000 ms'],
  ])('to begin its answer as %s is a 504', async (_how, stream, message) => {
    const outcomes = await everywhere(stream, never);
    expectRefused(outcomes, message);
    await allCancelled();
    await expectRecorded(outcomes);
  });

  it('is given only as long as the caller says', async () => {
    const outcomes = await everywhere(true, never, { 'x-gatehouse-timeout-ms': '120' });
    expectRefused(outcomes, 'The call did not finish within its deadline');
    await allCancelled();
  });

  it('between two pieces of a stream ends it with an error', async () => {
    const outcomes = await everywhere(true, (exchange) =>
      stalls(framesFor(exchange, 'one two three').slice(0, 6).join(''))(exchange),
    );
    expectBrokenOff(outcomes, 'The provider fell silent for 1500 ms');
    for (const { door, text } of outcomes) expect(readStream(door, text).text).toMatch(/^one /);
    await allCancelled();
    await expectRecorded(outcomes);
  });

  it('in all ends with an error, however steadily it goes on', async () => {
    const outcomes = await everywhere(true, (exchange) =>
      paces(framesFor(exchange, 'word '.repeat(100)), 50)(exchange),
    );
    expectBrokenOff(outcomes, 'The call did not finish within its deadline');
    await allCancelled();
  });

  it('over an answer that is not streamed is a 504, whatever trickles in', async () => {
    const outcomes = await everywhere(false, async ({ response, signal }) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      while (!signal.aborted) {
        response.write(' ');
        await new Promise((next) => setTimeout(next, 20));
      }
    });
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 504));
    await allCancelled();
  });

  it('once is no hindrance afterwards', async () => {
    for (const { door, text } of await everywhere(true, says('all is well')))
      expect(readStream(door, text)).toMatchObject({ text: 'all is well', complete: true });
  });

  it.each([
    ['because it is not there is a 502', 'refusing/model', 502, 'The provider cannot be reached'],
    ['to accept a connection is a 502', 'silent/model', 502, 'The provider did not accept a connection in time'],
  ])('%s', async (_what, model, status, message) => {
    const calls = DOORS.map(async (door) => {
      const answer = await ask(gateway, door.path, door.ask(model, 'Hello', true));
      return [answer.status, door.error(JSON.parse(answer.text))?.message];
    });
    expect(await Promise.all(calls)).toEqual(DOORS.map(() => [status, message]));
  });
});
