import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import type { JobEvent, JobFacts } from '../../../features/jobs';
import { StreamSession, type StreamBounds } from './stream-session';

const JOB = '019a0000-0000-7000-8000-000000000001';
const OTHER = '019a0000-0000-7000-8000-000000000002';
const BOUNDS: StreamBounds = { subscriptions: 2, messages: 5, bufferedBytes: 500, slowMs: 1_000 };

/** The end of a connection at which this side speaks. */
class Peer extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  reads = true;
  readonly heard: Record<string, unknown>[] = [];
  closed: unknown[] | undefined;
  pings = 0;
  terminated = false;

  send(bytes: Buffer, _options: object, sent: () => void): void {
    this.heard.push(JSON.parse(bytes.toString()) as Record<string, unknown>);
    if (this.reads) sent();
  }
  close(...why: unknown[]): void {
    this.closed = why;
  }
  ping(): void {
    this.pings++;
  }
  terminate(): void {
    this.terminated = true;
  }
  says(message: object | string): void {
    this.emit('message', Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), false);
  }
}

describe('StreamSession', () => {
  const caller = { keyId: 'mine', tenantId: 't', roles: new Set(['client']) } as unknown as Caller;
  let peer: Peer;
  let session: StreamSession;
  let asked: unknown[][];
  let tell: JobEvent[];
  let signals: AbortSignal[];
  let owner: string;
  let room: boolean;

  beforeEach(() => {
    [peer, asked, tell, signals, owner, room] = [new Peer(), [], [], [], 'mine', true];
    async function* follow(id: string, after: number, signal: AbortSignal) {
      asked.push([id, after]);
      signals.push(signal);
      yield* tell;
      if (id === OTHER) await new Promise(() => undefined);
    }
    async function* followAll(keyId: string, known: ReadonlyMap<string, number>) {
      asked.push([keyId, Object.fromEntries(known)]);
      for (const event of tell) yield await Promise.resolve({ jobId: JOB, event });
    }
    const find = (_caller: Caller, id: string) =>
      id === JOB || id === OTHER
        ? Promise.resolve({ id, keyId: owner } as JobFacts)
        : Promise.reject(new GatewayError('not_found', 'There is no such job'));
    const sources = { find, feed: { follow }, keyFeed: { follow: followAll }, hasRoom: () => room };
    session = new StreamSession(peer as unknown as WebSocket, caller, sources, BOUNDS);
  });
  const settled = async () => {
    for (let i = 0; i < 10; i++) await turn();
  };
  const partial = (seq: number, value = 'v'): JobEvent => ({ seq, type: 'partial', key: 'k', value, at: new Date(0) });

  it('tells of a job from where the peer left off, until it has ended', async () => {
    tell = [{ seq: 4, type: 'progress', progress: 40, stage: 'map' }, partial(5)];
    peer.says({ type: 'subscribe', job: JOB, last_event_id: 3 });
    await settled();
    expect(asked).toEqual([[JOB, 3]]);
    expect(peer.heard).toEqual([
      { type: 'subscribed', job: JOB },
      { type: 'event', job: JOB, id: 4, event: 'progress', data: { job_id: JOB, seq: 4, progress: 40, stage: 'map' } },
      { type: 'event', job: JOB, id: 5, event: 'partial', data: expect.objectContaining({ key: 'k', value: 'v' }) },
      { type: 'ended', job: JOB },
    ]);
  });

  it('tells of the content of a job only to whoever handed it in', async () => {
    owner = 'another';
    tell = [partial(1), { seq: 2, type: 'progress', progress: 1 }];
    peer.says({ type: 'subscribe', job: JOB });
    await settled();
    expect(peer.heard.map(({ event }) => event)).toEqual([undefined, 'progress', undefined]);
  });

  it('tells of all jobs of the key, each from where the peer left off', async () => {
    tell = [partial(9)];
    peer.says({ type: 'subscribe', job: '*', last_event_ids: { [JOB]: 8 } });
    await settled();
    expect(asked).toEqual([['mine', { [JOB]: 8 }]]);
    expect(peer.heard[1]).toMatchObject({ type: 'event', job: JOB, id: 9 });
  });

  it.each([
    ['nonsense', 'invalid_request', /JSON/],
    [{ type: 'subscribe' }, 'invalid_request', /job/],
    [{ type: 'subscribe', job: 'x' }, 'invalid_request', /job/],
    [{ type: 'subscribe', job: JOB, last_event_id: -1 }, 'invalid_request', /last_event_id/],
    [{ type: 'subscribe', job: JOB, last_event_ids: {} }, 'invalid_request', /last_event_id is for one job/],
    [{ type: 'subscribe', job: JOB, key: 'gh_' }, 'invalid_request', /key/i],
    [{ type: 'dance' }, 'invalid_request', /type/],
    [{ type: 'subscribe', job: '019a0000-0000-7000-8000-00000000dead' }, 'not_found', /no such job/],
  ])('answers %j with an error, and goes on', async (message, code, text) => {
    peer.says(message);
    await settled();
    expect(peer.heard).toEqual([
      expect.objectContaining({ type: 'error', code, message: expect.stringMatching(text) }),
    ]);
    expect(peer.closed).toBeUndefined();
  });

  it('has bounds on what is asked of it', async () => {
    for (const job of [OTHER, '*']) peer.says({ type: 'subscribe', job });
    tell = [];
    await settled();
    room = false;
    peer.says({ type: 'subscribe', job: JOB });
    await settled();
    expect(peer.heard.at(-1)).toMatchObject({ type: 'error', code: 'overloaded' });
    peer.says({ type: 'unsubscribe', job: OTHER });
    expect(signals[0]?.aborted).toBe(true);
    for (let i = 0; i < 2; i++) peer.says({ type: 'unsubscribe', job: OTHER });
    expect(peer.closed).toEqual([1008, 'too_many_messages']);
  });

  it('ends an earlier subscription to the same job', async () => {
    peer.says({ type: 'subscribe', job: OTHER });
    await settled();
    peer.says({ type: 'subscribe', job: OTHER, last_event_id: 7 });
    await settled();
    expect(asked).toEqual([
      [OTHER, 0],
      [OTHER, 7],
    ]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    peer.emit('close');
    expect(signals[1]?.aborted).toBe(true);
  });

  it('cuts off a peer that does not read', async () => {
    peer.reads = false;
    tell = [partial(1)];
    peer.says({ type: 'subscribe', job: JOB });
    await settled();
    session.look(Date.now() + 900);
    expect(peer.closed).toBeUndefined();
    session.look(Date.now() + 1_100);
    expect(peer.closed).toEqual([1008, 'too_slow']);
    expect(session.closing).toBe('too_slow');
  });

  it('keeps no more for a slow peer than it may', async () => {
    peer.reads = false;
    tell = [partial(1, 'x'.repeat(600))];
    peer.says({ type: 'subscribe', job: JOB });
    await settled();
    expect(peer.heard).toHaveLength(2);
    peer.says({ type: 'unsubscribe', job: OTHER });
    expect(peer.heard).toHaveLength(2);
    expect(peer.closed).toEqual([1008, 'too_slow']);
  });

  it('is over for a peer that does not answer', () => {
    session.ping();
    peer.emit('pong');
    session.ping();
    expect([peer.pings, peer.terminated]).toEqual([2, false]);
    session.ping();
    expect(peer.terminated).toBe(true);
  });

  it('takes text only', () => {
    peer.emit('message', Buffer.from('{}'), true);
    expect(peer.closed).toEqual([1003, 'unsupported']);
  });
});
