import { countsBetween, countsOf, percentile, sizeOf } from './counts';
import { readSeries } from './series';

const METRICS = `# HELP llm_requests_total Calls, by outcome.
# TYPE llm_requests_total counter
llm_requests_total{tenant="a \\"b\\"",model="fast",provider="openai",outcome="completed"} 90
llm_requests_total{tenant="b",model="fast",provider="none",outcome="refused"} 10
llm_errors_total{model="fast",provider="none",code="invalid_request"} 6
llm_errors_total{model="fast",provider="openai",code="provider_failed"} 4
llm_attempts_total{provider="openai",model="m",code="ok"} 90
llm_attempts_total{provider="openai",model="m",code="overloaded"} 8
llm_attempts_total{provider="openai",model="m",code="client_closed"} 2
llm_fallbacks_total{from="a",to="b",code="overloaded"} 3
llm_request_duration_seconds_bucket{le="0.1",model="fast",stream="false"} 40 # {trace_id="x"} 0.05 1700000000.000
llm_request_duration_seconds_bucket{le="1",model="fast",stream="false"} 60
llm_request_duration_seconds_bucket{le="+Inf",model="fast",stream="false"} 60
llm_request_duration_seconds_bucket{le="+Inf",model="fast",stream="true"} 30
process_start_time_seconds 1700000000
# EOF
`;

describe('what a colour counted', () => {
  const counts = countsOf(readSeries(METRICS), { answers: 101, faults: 1 });

  it('is read from its metrics, without the faults of callers', () => {
    expect(counts).toMatchObject({
      calls: 100,
      failed: 4,
      attempts: 100,
      failedAttempts: 8,
      fallbacks: 3,
      answers: 101,
      faults: 1,
      startedAt: 1_700_000_000,
    });
    expect(sizeOf(counts.durations)).toBe(60);
  });

  it('is what was added in between', () => {
    const later = { ...counts, calls: 150, durations: { '0.1': 40, '1': 80, '+Inf': 90 }, answers: 151 };
    const between = countsBetween(counts, later);
    expect(between).toMatchObject({ calls: 50, failed: 0, answers: 50, durations: { '0.1': 0, '1': 20, '+Inf': 30 } });
  });

  it('cannot be told of a process that started anew, and can of a HAProxy that did', () => {
    expect(countsBetween(counts, { ...counts, startedAt: 1_700_000_500 })).toBeUndefined();
    expect(countsBetween(counts, { ...counts, answers: 7, faults: 0 })).toMatchObject({ answers: 7, faults: 0 });
  });

  it('has percentiles, between the bounds of a bucket', () => {
    expect(percentile({ '0.1': 50, '0.2': 100, '+Inf': 100 }, 0.95)).toBeCloseTo(0.19);
    expect(percentile({ '0.1': 0, '0.2': 0, '+Inf': 10 }, 0.95)).toBe(0.2);
    expect(percentile({}, 0.95)).toBeUndefined();
  });
});
