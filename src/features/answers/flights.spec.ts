import { GatewayError } from '../../contract/errors';
import { type Entered, type Flight, Flights } from './flights';
import { Waiting } from './waiting';

const patient = (signal = new AbortController().signal) => new Waiting(performance.now() + 60_000, signal);
const failed = (error: unknown) => ({ kind: 'failed', error }) as const;

describe('Flights', () => {
  let flights: Flights<string>;
  beforeEach(() => (flights = new Flights()));
  const lead = async (name = 'a'): Promise<Flight<string>> => flightOf(await flights.enter(name, patient()));
  const follow = (n: number) => Array.from({ length: n }, () => flights.enter('a', patient()));

  it('lets one lead, and hands its answer to all that wait', async () => {
    const flight = await lead();
    const others = follow(999);
    flight.land({ kind: 'answered', answer: 'x' });
    for (const other of await Promise.all(others)) expect(other).toEqual({ kind: 'answered', answer: 'x' });
    // nothing is kept here
    expect((await flights.enter('a', patient())).kind).toBe('leads');
  });

  it('lets exactly one of those who wait follow a leader that left', async () => {
    const flight = await lead();
    const others = follow(3);
    flight.land({ kind: 'released' });
    const second = flightOf(await others[0]!);
    second.land({ kind: 'answered', answer: 'y' });
    expect(await Promise.all(others.slice(1))).toEqual([1, 2].map(() => ({ kind: 'answered', answer: 'y' })));
  });

  it('lets one more try after a failure, and then tells all that it failed', async () => {
    const flight = await lead();
    const others = follow(5);
    flight.land(failed(new Error('first')));
    flightOf(await others[0]!).land(failed(new Error('second')));
    for (const other of others.slice(1)) await expect(other).rejects.toThrow('second');
    expect((await flights.enter('a', patient())).kind).toBe('leads');
  });

  it('does not count those who merely left as failures', async () => {
    const flight = await lead();
    const waiting = follow(3);
    flight.land({ kind: 'released' });
    flightOf(await waiting[0]!).land(failed(new Error('first')));
    flightOf(await waiting[1]!).land({ kind: 'alone' });
  });

  it('lets each ask for itself where there is nothing to share', async () => {
    const flight = await lead();
    const others = follow(3);
    flight.land({ kind: 'alone' });
    expect(await Promise.all(others)).toEqual([1, 2, 3].map(() => ({ kind: 'alone' })));
  });

  it('leaves each its own deadline, and its own caller', async () => {
    const flight = await lead();
    const caller = new AbortController();
    const [gone, late, other] = [
      flights.enter('a', patient(caller.signal)),
      flights.enter('a', new Waiting(performance.now() + 20, new AbortController().signal)),
      flights.enter('a', patient()),
    ];
    caller.abort(new GatewayError('client_closed', 'gone'));
    await expect(gone).rejects.toMatchObject({ code: 'client_closed' });
    await expect(late).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(await Promise.race([other, Promise.resolve('waits')])).toBe('waits');
    flight.land({ kind: 'alone' });
  });

  it('counts only the first landing', async () => {
    const flight = await lead();
    flight.land({ kind: 'answered', answer: 'x' });
    const next = await lead();
    flight.land({ kind: 'released' });
    expect((await Promise.race([flights.enter('a', patient()), Promise.resolve('waits')])) as unknown).toBe('waits');
    next.land({ kind: 'released' });
  });

  it('keeps strangers apart, and says whether anybody waits', async () => {
    const flight = await lead();
    expect((await flights.enter('b', patient())).kind).toBe('leads');
    let awaited = false;
    void flight.awaited().then(() => (awaited = true));
    await Promise.resolve();
    expect(awaited).toBe(false);
    void flights.enter('a', patient());
    await Promise.resolve();
    expect(awaited).toBe(true);
    flight.land({ kind: 'alone' });
  });
});

function flightOf(entered: Entered<string>): Flight<string> {
  if (entered.kind !== 'leads') throw new Error(`does not lead: ${entered.kind}`);
  return entered.flight;
}
