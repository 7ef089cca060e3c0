import type { EvalReport } from './eval-report';
import type { ModelReport } from './model-report';

/** A report for people: a table of the models, what was missed, and each case that did not pass. */
export function markdownReport(report: EvalReport): string {
  const { suite, suite_hash: hash, passed, baseline, models } = report;
  return [
    `# Eval of ${cell(suite)}: ${passed ? 'passed' : 'not passed'}`,
    `Suite ${cell(suite)}, ${hash}.${baseline !== undefined ? ` Compared with ${cell(baseline)}.` : ''}`,
    table(
      ['model', '', 'score', 'passed', 'errors', 'cost, USD', 'p50, ms', 'p95, ms', 'against the baseline'],
      models.map((model) => rowOf(model, baseline === model.model)),
    ),
    ...models.flatMap((model) => (model.model === baseline ? [] : missed(model))),
    ...models.flatMap(casesOf),
    '',
  ].join('\n\n');
}

function rowOf(model: ModelReport, isBaseline: boolean): string[] {
  const { p50, p95 } = model.latency_ms;
  const verdict = isBaseline ? 'baseline' : model.passed ? 'passed' : 'not passed';
  const passes = model.results.filter(({ passed }) => passed).length;
  return [
    model.model,
    verdict,
    model.score.toFixed(3),
    `${passes}/${model.cases}`,
    String(model.errors),
    model.cost_usd,
    p50 === null ? '–' : String(p50),
    p95 === null ? '–' : String(p95),
    differenceOf(model),
  ];
}

function differenceOf({ baseline }: ModelReport): string {
  if (!baseline) return '–';
  const { score_difference: mean, interval, significant } = baseline;
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
  return `${signed(mean)} (${signed(interval[0])} to ${signed(interval[1])})${significant ? '' : ', may be chance'}`;
}

function missed({ model, thresholds }: ModelReport): string[] {
  const lines = thresholds.filter(({ passed }) => !passed);
  if (!lines.length) return [];
  return [
    `${cell(model)} misses: ${lines.map(({ threshold, limit, value }) => `${threshold} ${limit} (is ${value ?? 'not known'})`).join(', ')}.`,
  ];
}

function casesOf({ model, results }: ModelReport): string[] {
  const failed = results.filter(({ passed }) => !passed);
  if (!failed.length) return [];
  const rows = failed.map((result) => {
    const { error, scores } = result;
    const whys = scores
      .filter((line) => !line.passed)
      .map((line) => `${line.scorer}: ${line.error?.message ?? line.why ?? 'not passed'}`);
    const why = error ? `${error.code}: ${error.message}` : whys.join('; ');
    return [result.case, result.score.toFixed(3), why];
  });
  return [`## Not passed by ${cell(model)}`, table(['case', 'score', 'why'], rows)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** What a judge wrote is anything: it stays text, within its cell. */
function cell(text: string): string {
  return text
    .replace(/[\\`*_[\]<>|#]/g, '\\$&')
    .replace(/\s+/g, ' ')
    .slice(0, 500);
}
