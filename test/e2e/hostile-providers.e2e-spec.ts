import { ask } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';
import { barrage, describeFinding } from '../support/hostile/barrage';
import { canaryIn } from '../support/hostile/canary';
import { type Plain, spell, treeOf } from '../support/hostile/json-text';
import { mutate } from '../support/hostile/mutate';
import { Random } from '../support/hostile/random';
import { DOORS, readStream } from '../support/inference-doors';
import { type Exchange, Upstream } from '../support/upstream';
import { raw, says, streams } from '../support/upstream-scripts';
import { framesFor, replyFor } from '../support/vendor-replies';

const MODELS = ['openai/gpt-4o', 'anthropic/claude-haiku-4-5'];
const WAYS = DOORS.flatMap((door) => MODELS.map((model) => ({ door, model, name: `${door.name} from ${model}` })));
const REPLIES = 150;
const SEED = 4_711;
const TEXT = 'one two three four five';

describe('with providers behind it', () => {
  let upstream: Upstream;
  let gateway: Gateway;

  beforeAll(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({
      env: upstream.env,
      policies: 'defaults: { retry: { attempts: 1 }, keys: { restMs: 1, maxRestMs: 1 }, breaker: { enabled: false } }',
    });
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it.each([
    ['anthropic', 'fast: [anthropic/claude-haiku-4-5]'],
    ['openai', 'fast: [openai/gpt-4o]'],
  ])(
    'hostile input ends in a refusal or at %s, never in a fault',
    async (_vendor, alias) => {
      const own = await startGateway({ env: upstream.env, models: `aliases: { ${alias} }` });
      try {
        upstream.answers(says(TEXT));
        const { findings, statuses } = await barrage(own.url, { key: own.rootKey, bodyBytes: 1_000_000 }, 600, SEED);
        expect(findings.map(describeFinding)).toEqual([]);
        expect(statuses.get('200')).toBeGreaterThan(20);
        expect(canaryIn(own.logs())).toBeUndefined();
      } finally {
        await own.close();
      }
    },
    40_000,
  );

  it('hostile answers end in an answer or in 502, never in a fault', async () => {
    const broken: string[] = [];
    await Promise.all(
      WAYS.map(async ({ door, model, name }, way) => {
        for (let i = 0; i < REPLIES; i++) {
          const random = new Random(SEED + way * 10_000 + i);
          const stream = random.chance(0.6);
          const id = `reply-${way}-${i}`;
          const answer = await ask(gateway, door.path, door.ask(model, id, stream));
          const wrong = judge(answer, stream ? (text) => readStream(door, text) : undefined);
          if (wrong) broken.push(`${name} ${id} ${stream ? 'stream' : 'whole'}: ${wrong} ${answer.text.slice(0, 200)}`);
        }
      }),
    );
    expect(broken).toEqual([]);
  }, 60_000);

  beforeEach(() => {
    upstream.answers((exchange) => {
      const [, way, i] = /reply-(\d+)-(\d+)/.exec(exchange.raw.toString()) ?? [];
      return hostile(exchange, new Random(SEED + Number(way) * 10_000 + Number(i) + 500_000));
    });
  });
});

/** The vendor's answer, changed in a few places. */
function hostile(exchange: Exchange, random: Random): Promise<void> | void {
  if (exchange.body['stream'] !== true) {
    const reply = treeOf(replyFor(exchange, TEXT) as Plain);
    mutate(random, reply);
    return raw(spell(reply), 'application/json')(exchange);
  }
  const frames = framesFor(exchange, TEXT);
  const at = random.below(frames.length);
  const [head = '', json = ''] = (frames[at] ?? '').split('data: ');
  if (json.startsWith('{')) {
    const event = treeOf(JSON.parse(json) as Plain);
    mutate(random, event);
    frames[at] = `${head}data: ${spell(event)}\n\n`;
  }
  if (random.chance(0.3)) frames.splice(random.below(frames.length), 1);
  if (random.chance(0.3)) frames.splice(random.below(frames.length), 0, random.pick(frames));
  return streams(frames)(exchange);
}

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly broken: boolean;
}

/** What is wrong with an answer; undefined when nothing is. */
function judge(
  { status, text, broken }: Answered,
  read?: (text: string) => { complete: boolean; failure?: { message: string } },
): string | undefined {
  if (broken) return 'the connection broke';
  if (status !== 200 && status !== 502) return `status ${status}`;
  if (/internal error/i.test(text)) return 'an internal error';
  if (status !== 200 || !read) return undefined;
  const { complete, failure } = read(text);
  return complete || failure ? undefined : 'the stream simply ends';
}
