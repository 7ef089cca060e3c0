import { Latencies } from './latencies';

const m = { provider: 'p', model: 'm' };

function setUp() {
  let time = 0;
  return { latencies: new Latencies(() => time), after: (ms: number) => void (time += ms) };
}

describe('Latencies', () => {
  it('moves towards what it sees', () => {
    const { latencies } = setUp();
    latencies.observe(m, true, 100);
    expect(latencies.of(m, true)).toBe(100);
    latencies.observe(m, true, 200);
    expect(latencies.of(m, true)).toBe(120);
    for (let i = 0; i < 50; i++) latencies.observe(m, true, 1_000);
    expect(latencies.of(m, true)).toBeCloseTo(1_000, 0);
  });

  it('measures streams apart from whole answers, and each model for itself', () => {
    const { latencies } = setUp();
    latencies.observe(m, true, 100);
    expect(latencies.of(m, false)).toBeUndefined();
    expect(latencies.of({ provider: 'q', model: 'm' }, true)).toBeUndefined();
  });

  it('forgets after minutes without an answer, and begins anew', () => {
    const { latencies, after } = setUp();
    latencies.observe(m, true, 100);
    after(299_000);
    expect(latencies.of(m, true)).toBe(100);
    after(2_000);
    expect(latencies.of(m, true)).toBeUndefined();
    latencies.observe(m, true, 900);
    expect(latencies.of(m, true)).toBe(900);
  });

  it('does not remember models without end', () => {
    const { latencies } = setUp();
    for (let i = 0; i <= 2_000; i++) latencies.observe({ provider: 'p', model: String(i) }, true, 1);
    expect(latencies.of({ provider: 'p', model: '0' }, true)).toBeUndefined();
    expect(latencies.of({ provider: 'p', model: '1001' }, true)).toBe(1);
  });
});
