import { setTimeout as sleep } from 'node:timers/promises';
import { DetectorUnavailable } from '../../src/features/sanitization/sidecar/detector-unavailable';
import type { EntityDetector } from '../../src/features/sanitization/sidecar/entity-detector';
import {
  HttpEntityDetector,
  type HttpEntityDetectorOptions,
} from '../../src/features/sanitization/sidecar/http-entity-detector';
import { RequestSlots } from '../../src/features/sanitization/sidecar/request-slots';
import { SidecarSettings } from '../../src/platform/config/sidecar-settings';
import { LiveSecret } from '../../src/platform/secrets/live-secret';
import { BlackHole } from '../support/black-hole';
import { answers, breaksOff, endless, failsWith, finds, hangsUp, sidecar } from '../support/fake-sidecar';
import { Upstream, type Script } from '../support/upstream';

const CANARY = 'Canary-4711';
const WORDS = { Ana: 'PERSON', [CANARY]: 'PERSON', Recife: 'LOCATION', Acme: 'ORGANIZATION', '😀Zoë': 'PERSON' };
const WAIT_MS = 10_000;

let server: Upstream;
let made: EntityDetector[] = [];
const present = (): AbortSignal => new AbortController().signal;

beforeAll(async () => {
  server = await Upstream.start();
});
beforeEach(() => server.answers(sidecar(WORDS)));
afterEach(async () => {
  await Promise.all(made.map((detector) => detector.close()));
  made = [];
  while (server.open) await sleep(1);
});
afterAll(() => server.close());

function http(settings: object = {}, options: HttpEntityDetectorOptions = {}): EntityDetector {
  const detector = new HttpEntityDetector(
    SidecarSettings.parse({ url: server.url, timeoutMs: WAIT_MS, ...settings }),
    options,
  );
  made.push(detector);
  return detector;
}

async function wordsIn(detector: EntityDetector, text: string): Promise<string[]> {
  const found = await detector.detect(text, present());
  return found.map(({ entity, start, end }) => `${entity} ${text.slice(start, end)}`);
}

async function failure(detection: Promise<unknown>): Promise<DetectorUnavailable> {
  const error = await detection.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DetectorUnavailable)) throw new Error('it did not say that it is unavailable');
  return error;
}

/** What every detector of entities must do, wherever it looks them up. */
function behavesLikeAnEntityDetector(make: () => EntityDetector): void {
  it('finds what rules cannot, where it stands, validated by nothing', async () => {
    const found = await make().detect('Ana lives in Recife.', present());
    expect(found).toEqual([
      { entity: 'PERSON', start: 0, end: 3, confidence: 0.85, validated: false },
      { entity: 'LOCATION', start: 13, end: 19, confidence: 0.85, validated: false },
    ]);
  });

  it.each([
    ['emoji before', '😀👩‍👩‍👧 Ana', ['PERSON Ana']],
    ['emoji within', 'hi 😀Zoë, hi', ['PERSON 😀Zoë']],
    ['half a surrogate pair', '\ud83d Ana \ude00 Recife', ['PERSON Ana', 'LOCATION Recife']],
    ['combining marks and controls', 'e\u0301\u0000 Ana\r\n', ['PERSON Ana']],
    ['no known word', 'nothing', []],
    ['no text', '', []],
    ['space alone', ' \n\t ', []],
  ])('counts as JavaScript does: %s', async (_, text, expected) => {
    expect(await wordsIn(make(), text)).toEqual(expected);
  });

  it('examines the whole of a long text, once', async () => {
    const filler = 'words and 😀 more words, '.repeat(400);
    const text = `Ana ${filler}Recife ${filler}Acme`;
    expect(await wordsIn(make(), text)).toEqual(['PERSON Ana', 'LOCATION Recife', 'ORGANIZATION Acme']);
  });

  it('does nothing for a caller who has left', async () => {
    const reason = new Error('gone');
    await expect(make().detect('Ana', AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('says that it is there', async () => {
    expect(await make().check()).toBe(true);
  });
}

describe('HttpEntityDetector', () => {
  describe('with defaults', () => behavesLikeAnEntityDetector(() => http()));
  describe('in small windows and two languages', () =>
    behavesLikeAnEntityDetector(() => http({ maxCharacters: 500, languages: ['en', 'pt'] })));
  describe('below a path', () => behavesLikeAnEntityDetector(() => http({ url: `${server.url}/presidio/` })));

  it('asks as Presidio wants to be asked', async () => {
    const apiKey = LiveSecret.fixed('synthetic');
    await http({ threshold: 0.4, entities: ['PERSON'], languages: 'pt' }, { apiKey }).detect('Ana', present());
    expect(server.last).toMatchObject({
      method: 'POST',
      path: '/analyze',
      body: { text: 'Ana', language: 'pt', score_threshold: 0.4, entities: ['PERSON'] },
      headers: { authorization: 'Bearer synthetic', 'content-type': 'application/json' },
    });
  });

  it('asks for each language and joins what they say', async () => {
    server.answers((exchange) => sidecar(exchange.body['language'] === 'pt' ? { Ana: 'PERSON' } : WORDS)(exchange));
    expect(await wordsIn(http({ languages: ['pt', 'en'] }), 'Ana, Recife')).toEqual(['PERSON Ana', 'LOCATION Recife']);
    expect(server.exchanges.map(({ body }) => body['language'])).toEqual(['pt', 'en']);
  });

  it('sends at most four requests at a time for one text, and keeps the connections', async () => {
    let most = 0;
    const connections = new Set<number | undefined>();
    server.answers(async (exchange) => {
      most = Math.max(most, server.open);
      connections.add(exchange.response.socket?.remotePort);
      await sleep(5);
      return sidecar(WORDS)(exchange);
    });
    await http({ maxCharacters: 500 }).detect('some words '.repeat(3_000), present());
    expect(server.exchanges.length).toBeGreaterThan(60);
    expect(most).toBe(4);
    // a fifth is opened when a request comes before the last byte of an answer was read
    expect(connections.size).toBeLessThanOrEqual(server.exchanges.length / 3);
  });

  it('makes texts wait for each other, and turns away what is too much', async () => {
    server.answers(async (exchange) => {
      await sleep(50);
      return sidecar(WORDS)(exchange);
    });
    const detector = http({}, { slots: new RequestSlots(1, 1) });
    const [first, second, third] = await Promise.allSettled([1, 2, 3].map(() => detector.detect('Ana', present())));
    expect([first?.status, second?.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(third).toMatchObject({ status: 'rejected', reason: { reason: 'busy' } });
  });

  it('asks once more when a connection ended under way', async () => {
    let cut = true;
    server.answers((exchange) => {
      if (!cut) return sidecar(WORDS)(exchange);
      cut = false;
      exchange.response.destroy();
    });
    expect(await wordsIn(http(), 'Ana')).toEqual(['PERSON Ana']);
    expect(server.exchanges).toHaveLength(2);
  });

  it.each<[string, Script, string]>([
    ['500', failsWith(500), 'refused'],
    ['400', failsWith(400), 'refused'],
    ['503', failsWith(503), 'unreachable'],
    ['a redirection', failsWith(307), 'refused'],
    ['204', failsWith(204), 'refused'],
    ['hanging up', hangsUp, 'unreachable'],
    ['hanging up in the middle', breaksOff, 'unreachable'],
    ['an endless answer', endless, 'garbage'],
    ['another content type', answers([], { 'content-type': 'text/html' }), 'garbage'],
    ['no content type', answers([], { 'content-type': undefined }), 'garbage'],
    ['a compressed answer', answers([], { 'content-encoding': 'gzip' }), 'garbage'],
    ['no JSON', answers(`<p>${CANARY}</p>`), 'garbage'],
    ['nothing', answers(''), 'garbage'],
    ['NaN as Python writes it', answers('[{"entity_type":"PERSON","start":0,"end":3,"score":NaN}]'), 'garbage'],
    ['an object', answers({ results: [] }), 'garbage'],
    ['null', answers('null'), 'garbage'],
    ['a list of lists', answers([[]]), 'garbage'],
    ['too many findings', answers(Array.from({ length: 100 }, () => null)), 'garbage'],
    ['no name', finds({ entity_type: undefined }), 'garbage'],
    ['a name that is text', finds({ entity_type: `${CANARY} lives here` }), 'garbage'],
    ['an offset behind the end', finds({ end: 16 }), 'garbage'],
    ['an offset before the beginning', finds({ start: -1 }), 'garbage'],
    ['an end before the start', finds({ start: 3, end: 2 }), 'garbage'],
    ['nothing found', finds({ start: 3, end: 3 }), 'garbage'],
    ['half an offset', finds({ start: 0.5 }), 'garbage'],
    ['an offset in letters', finds({ start: '0' }), 'garbage'],
    ['an offset without end', answers('[{"entity_type":"PERSON","start":0,"end":1e999,"score":1}]'), 'garbage'],
    ['no score', finds({ score: null }), 'garbage'],
    ['a score above 1', finds({ score: 1.01 }), 'garbage'],
    ['a negative score', finds({ score: -0.1 }), 'garbage'],
  ])('is unavailable on %s, and says so without content', async (_, script, reason) => {
    server.answers(script);
    const error = await failure(http().detect(`${CANARY} 1😀3`, present()));
    expect(error.reason).toBe(reason);
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(CANARY);
  });

  it('is unavailable when only one of many windows failed, and ends the others', async () => {
    server.answers((exchange) => (server.exchanges.length === 3 ? failsWith(500)(exchange) : undefined));
    const detector = http({ maxCharacters: 500, timeoutMs: 60_000 });
    expect((await failure(detector.detect('Ana '.repeat(20_000), present()))).reason).toBe('refused');
    while (server.open) await sleep(5);
    expect(server.exchanges.length).toBeLessThanOrEqual(4);
  });

  it('waits for the whole of a text no longer than its deadline, and ends what is under way', async () => {
    server.answers(() => undefined);
    const began = performance.now();
    const error = await failure(http({ timeoutMs: 200 }).detect('Ana', present()));
    expect(error.reason).toBe('late');
    expect(performance.now() - began).toBeGreaterThanOrEqual(190);
    await untilEnded();
  });

  it('counts the deadline over an answer that trickles', async () => {
    server.answers(async ({ response, signal }) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      while (!signal.aborted) {
        response.write(' ');
        await sleep(10);
      }
    });
    expect((await failure(http({ timeoutMs: 200 }).detect('Ana', present()))).reason).toBe('late');
  });

  it('ends what is under way when the caller leaves', async () => {
    const caller = new AbortController();
    const reason = new Error('gone');
    server.answers(() => caller.abort(reason));
    await expect(http().detect('Ana', caller.signal)).rejects.toBe(reason);
    await untilEnded();
  });

  it('is unavailable when nobody listens, or accepts', async () => {
    const hole = await BlackHole.open();
    try {
      const frozen = http({ url: hole.url, timeoutMs: 200 });
      expect((await failure(frozen.detect('Ana', present()))).reason).toBe('late');
      expect(await frozen.check()).toBe(false);
    } finally {
      await hole.close();
    }
    const nobody = http({ url: 'http://127.0.0.1:9' });
    expect((await failure(nobody.detect('Ana', present()))).message).toContain('ECONNREFUSED');
    expect(await nobody.check()).toBe(false);
  });

  describe('after a failure', () => {
    let now = 0;
    const clock = (): number => now;
    const fails = async (script: Script, settings: object = {}): Promise<EntityDetector> => {
      const detector = http(settings, { clock });
      server.answers(script);
      await failure(detector.detect('Ana', present()));
      server.answers(sidecar(WORDS));
      return detector;
    };

    it.each<[string, Script, object]>([
      ['it broke the connection', hangsUp, {}],
      ['it said that it is away', failsWith(503), {}],
      ['it did not answer', () => undefined, { timeoutMs: 100 }],
    ])('rests for a second because %s', async (_, script, settings) => {
      const detector = await fails(script, settings);
      now += 999;
      expect((await failure(detector.detect('Ana', present()))).reason).toBe('resting');
      expect(server.exchanges).toHaveLength(0);
      now += 1;
      expect(await wordsIn(detector, 'Ana')).toEqual(['PERSON Ana']);
    });

    it.each<[string, Script]>([
      ['the server failed on it', failsWith(500)],
      ['the server refused it', failsWith(413)],
      ['the answer made no sense', answers({})],
    ])('asks for the next text although %s', async (_, script) => {
      expect(await wordsIn(await fails(script), 'Ana')).toEqual(['PERSON Ana']);
    });

    it('asks for the next text although one was too long to be examined in time', async () => {
      const detector = http({ maxCharacters: 500, timeoutMs: 300 }, { clock: () => ++now });
      server.answers(async (exchange) => {
        await sleep(20);
        return sidecar(WORDS)(exchange);
      });
      expect((await failure(detector.detect('words '.repeat(100_000), present()))).reason).toBe('late');
      expect(await wordsIn(detector, 'Ana')).toEqual(['PERSON Ana']);
    });
  });

  it.each<[string, Script]>([
    ['hangs up', hangsUp],
    ['fails', failsWith(500)],
  ])('says that a server which %s is not there', async (_, script) => {
    server.answers(script);
    expect(await http().check()).toBe(false);
  });

  /** Requests of an earlier test may still arrive, so only the last one counts. */
  async function untilEnded(): Promise<void> {
    while (!server.last.signal.aborted) await sleep(5);
    expect(server.last.body).toMatchObject({ text: 'Ana' });
  }
});
