// What was measured, a row for each model.

/** The value that a share of all is not above. @returns undefined where there are none */
function quantile(values, share) {
  const sorted = values.filter((value) => value !== undefined).toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

function summary({ model, calls, seconds }) {
  const answered = calls.filter(({ code }) => code === undefined);
  const sum = (name) => answered.reduce((total, call) => total + (call[name] ?? 0), 0);
  const of = (name) => answered.map((call) => call[name]);
  // a model speaks from its first word on; where that is not known, from the question
  const speakingMs = answered.reduce((total, { firstMs = 0, totalMs }) => total + Math.max(1, totalMs - firstMs), 0);
  const codes = calls.flatMap(({ code }) => code ?? []);
  return {
    model,
    answered_by: [...new Set(of('by'))],
    calls: calls.length,
    errors: codes.length,
    error_codes: [...new Set(codes)],
    first_token_ms: { p50: quantile(of('firstMs'), 0.5), p95: quantile(of('firstMs'), 0.95) },
    total_ms: { p50: quantile(of('totalMs'), 0.5), p95: quantile(of('totalMs'), 0.95) },
    input_tokens: sum('inputTokens'),
    output_tokens: sum('outputTokens'),
    tokens_per_second: answered.length ? (sum('outputTokens') / speakingMs) * 1_000 : undefined,
    cost_usd: of('usd').some((usd) => usd === undefined) ? undefined : sum('usd'),
    seconds,
  };
}

export function jsonReport(rows, { calls, concurrency, stream, 'max-tokens': maxTokens }) {
  const at = new Date().toISOString();
  const models = rows.map(summary);
  return `${JSON.stringify({ at, calls, concurrency, stream, max_tokens: maxTokens, models }, undefined, 2)}\n`;
}

export function textReport(rows) {
  const number = (value, digits = 0) => (value === undefined ? '–' : value.toFixed(digits));
  const pair = ({ p50, p95 }) => `${number(p50)} / ${number(p95)}`;
  const heads = [
    'model',
    'answered by',
    'calls',
    'errors',
    'first token ms',
    'total ms',
    'in',
    'out',
    'tokens/s',
    'cost $',
  ];
  const lines = rows
    .map(summary)
    .map((row) => [
      row.model,
      row.answered_by.join(', ') || '–',
      String(row.calls),
      row.errors ? `${row.errors} (${row.error_codes.join(', ')})` : '0',
      pair(row.first_token_ms),
      pair(row.total_ms),
      String(row.input_tokens),
      String(row.output_tokens),
      number(row.tokens_per_second, 1),
      number(row.cost_usd, 6),
    ]);
  const widths = heads.map((head, i) => Math.max(head.length, ...lines.map((line) => line[i].length)));
  const spelt = (cells) =>
    cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return `${[heads, ...lines].map((cells) => spelt(cells).trimEnd()).join('\n')}\n\np50 / p95; of the calls that were answered\n`;
}
