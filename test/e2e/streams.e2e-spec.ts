import { ask } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS, type InferenceDoor, readStream } from '../support/inference-doors';
import { type Script, Upstream } from '../support/upstream';
import { cuts, dribbles, hangsUp, json, raw, says, streams } from '../support/upstream-scripts';
import { framesFor } from '../support/vendor-replies';

const TEXT = 'Größe 😀 日本語 👩‍👩‍👧‍👦 – naïve “quotes”, \\ and \n lines. ';
const MODELS = ['openai/gpt-4o', 'anthropic/claude-haiku-4-5'] as const;
const WAYS = DOORS.flatMap((door) => MODELS.map((model) => [door.name, model, door] as const));
const FORMS = [
  ['whole', false],
  ['streamed', true],
] as const;

const policies = `defaults: { retry: { attempts: 1 }, keys: { restMs: 1, maxRestMs: 1 }, breaker: { enabled: false }, degradation: { message: '' } }`;

describe('answers of providers', () => {
  let upstream: Upstream;
  let gateway: Gateway;

  beforeAll(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({ env: upstream.env, policies });
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  const call = (door: InferenceDoor, model: string, stream: boolean, script: Script) => {
    upstream.answers(script);
    return ask(gateway, door.path, door.ask(model, 'Hello', stream));
  };
  /** How the upstream would answer at the path it is asked at. */
  const framed =
    (script: (frames: string[]) => Script): Script =>
    (exchange) =>
      script(framesFor(exchange, TEXT))(exchange);

  describe.each(WAYS)('at the door %s from %s', (_name, model, door) => {
    it('arrive with every character, whole and streamed', async () => {
      const whole = await call(door, model, false, says(TEXT));
      expect([whole.status, door.text(JSON.parse(whole.text))]).toEqual([200, TEXT]);
      const streamed = await call(door, model, true, says(TEXT));
      expect(readStream(door, streamed.text)).toMatchObject({ text: TEXT, complete: true, failure: undefined });
    });

    it('arrive the same when every byte comes alone', async () => {
      const once = readStream(door, (await call(door, model, true, framed(streams))).text);
      const alone = readStream(door, (await call(door, model, true, framed(dribbles))).text);
      expect(alone).toMatchObject({ text: TEXT, complete: true, failure: undefined });
      expect(alone.events.length).toBe(once.events.length);
    });

    it.each<[string, (frames: string[]) => string[]]>([
      ['lines that end in CRLF', (frames) => frames.map((frame) => frame.replaceAll('\n', '\r\n'))],
      ['comments between the frames', (frames) => frames.flatMap((frame) => [': ping\n\n', frame])],
      ['no blank line after the last frame', (frames) => [...frames.slice(0, -1), frames.at(-1)!.trimEnd()]],
      ['no [DONE]', (frames) => frames.filter((frame) => !frame.includes('[DONE]'))],
    ])('arrive whole with %s', async (_what, change) => {
      const answer = await call(
        door,
        model,
        true,
        framed((frames) => streams(change(frames))),
      );
      expect(readStream(door, answer.text)).toMatchObject({ text: TEXT, complete: true, failure: undefined });
    });

    it.each<[string, Script]>([
      ['a page of HTML', raw('<!doctype html><title>Sign in</title><p>/srv/www/index.php:12', 'text/html')],
      ['HTML that claims to be JSON', raw('<html>', 'application/json')],
      ['half a JSON document', raw('{"id":"x","choices":[', 'application/json')],
      ['a list', raw('[1,2]', 'application/json')],
      ['nothing', raw('', 'application/json')],
      ['a hung-up connection', hangsUp],
      ['an error of its own', json({ error: { message: 'database password is hunter2', type: 'server_error' } }, 500)],
      ['a refusal of our key', json({ error: { message: 'invalid key sk-openai', code: 'invalid_api_key' } }, 401)],
    ])('are refused with 502 when it sends %s', async (_what, script) => {
      for (const [, stream] of FORMS) {
        const answer = await call(door, model, stream, script);
        expect([answer.status, answer.broken]).toEqual([502, false]);
        expect(door.error(JSON.parse(answer.text))?.message).toMatch(/^The provider /);
        expect(answer.text).not.toMatch(/hunter2|sk-openai|html|srv/);
      }
    });

    it.each<[string, (frames: string[]) => Script]>([
      ['breaks the connection', (frames) => cuts(frames.slice(0, 6).join(''))],
      ['simply ends', (frames) => streams(frames.slice(0, 6))],
      ['ends in the middle of a frame', (frames) => streams([...frames.slice(0, 6), frames[6]!.slice(0, 20)])],
      ['breaks in the middle of a character', (frames) => cuts(halfACharacter(frames))],
      ['sends garbage', (frames) => streams([...frames.slice(0, 6), 'data: {"oops\n\n', ...frames.slice(6)])],
      ['sends something that is no object', (frames) => streams([...frames.slice(0, 6), 'data: 42\n\n'])],
      ['reports an error', (frames) => streams([...frames.slice(0, 6), `event: error\ndata: ${ERROR}\n\n`])],
    ])('end with an error in the caller’s words when the stream %s', async (_what, broken) => {
      const answer = await call(door, model, true, framed(broken));
      const { text, complete, failure } = readStream(door, answer.text);
      expect([answer.status, answer.broken, complete]).toEqual([200, false, false]);
      expect(failure?.message).toMatch(/^(The provider |Overloaded)/);
      expect(TEXT.startsWith(text)).toBe(true);
      expect(text).not.toBe('');
    });
  });
});

const ERROR = JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });

/** The beginning of a stream up to the first half of a character that has several bytes. */
function halfACharacter(frames: readonly string[]): Buffer {
  const bytes = Buffer.from(frames.join(''));
  return bytes.subarray(0, bytes.indexOf('日本') + 1);
}
