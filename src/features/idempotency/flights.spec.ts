import { GatewayError } from '../../contract/errors';
import { Flights, type Entered, type Found } from './flights';
import { Patience } from './patience';

const patience = (signal = new AbortController().signal) => new Patience(performance.now() + 60_000, signal);
const held = (): Promise<Found<string>> => Promise.resolve({ kind: 'held' });
const unasked = (): Promise<Found<string>> => Promise.reject(new Error('must not ask'));
type Held = Extract<Entered<string>, { kind: 'held' }>;

describe('Flights', () => {
  const pauses: number[] = [];
  let flights: Flights<string>;
  beforeEach(() => {
    pauses.length = 0;
    flights = new Flights((ms) => Promise.resolve(void pauses.push(ms)));
  });

  it('lets one ask for all, and hands its answer to all', async () => {
    const leader = (await flights.enter('a', held, patience())) as Held;
    const others = Array.from({ length: 200 }, () => flights.enter('a', unasked, patience()));
    leader.land({ kind: 'answered', answer: 'x' });
    for (const other of await Promise.all(others))
      expect(other).toEqual({ kind: 'answered', answer: 'x', waited: true });
    // nothing is kept here
    await expect(flights.enter('a', unasked, patience())).rejects.toThrow('must not ask');
  });

  it('lets exactly one of those who wait follow a leader that gave up', async () => {
    const leader = (await flights.enter('a', held, patience())) as Held;
    const asked: number[] = [];
    const others = [1, 2, 3].map((n) =>
      flights
        .enter('a', () => (asked.push(n), held()), patience())
        .then((entered) => {
          if (entered.kind === 'held') entered.land({ kind: 'answered', answer: `by ${n}` });
          return entered;
        }),
    );
    leader.land({ kind: 'released' });
    expect((await Promise.all(others)).map(({ kind }) => kind)).toEqual(['held', 'answered', 'answered']);
    expect(asked).toEqual([1]);
  });

  it('asks again while another process answers, ever more slowly, until there is an answer', async () => {
    let left = 9;
    const ask = (): Promise<Found<string>> =>
      Promise.resolve(left-- ? { kind: 'busy' } : { kind: 'answered', answer: 'x' });
    expect(await flights.enter('a', ask, patience())).toEqual({ kind: 'answered', answer: 'x', waited: true });
    expect(pauses.map(Math.round)).toEqual([50, 75, 113, 169, 253, 380, 500, 500, 500]);
  });

  it('refuses all who wait when it cannot be known', async () => {
    let fail!: (error: Error) => void;
    const leader = flights.enter('a', () => new Promise((_, reject) => (fail = reject)), patience());
    const other = flights.enter('a', unasked, patience());
    fail(new Error('no database'));
    await expect(leader).rejects.toThrow('no database');
    await expect(other).rejects.toThrow('no database');
  });

  it('takes a leader whose caller goes away for nobody else’s problem', async () => {
    const caller = new AbortController();
    flights = new Flights(() => new Promise(() => undefined));
    const leader = flights.enter('a', () => Promise.resolve({ kind: 'busy' }), patience(caller.signal));
    const other = flights.enter('a', held, patience());
    await Promise.resolve();
    caller.abort(new GatewayError('client_closed', 'gone'));
    await expect(leader).rejects.toMatchObject({ code: 'client_closed' });
    expect((await other).kind).toBe('held');
  });

  it('keeps strangers apart', async () => {
    await flights.enter('a', held, patience());
    expect((await flights.enter('b', held, patience())).kind).toBe('held');
  });
});
