import { escapeControls } from '../../../contract/escape-controls';
import type { Report } from './report';
import { eventsOf, facts, findingText, HEADLINES } from './report-lines';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.4rem;padding:.8rem 1rem;border-radius:.4rem;color:#fff}h1.verified{background:#17693b}h1.failed{background:#a4161a}
h1.unchecked{background:#7a4b00}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #d8dee4;overflow-wrap:anywhere}th{white-space:nowrap}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}}`;

/** One page without scripts, that can be printed and filed. */
export function reportHtml(report: Report): string {
  const { verdict, reason, first_bad: bad, findings } = report;
  const first = bad ? `<p><strong>The first bad entry is ${bad.index}</strong>: ${escape(bad.message)}.</p>` : '';
  const found = findings.map((finding) => [finding.severity, finding.code, findingText(finding)]);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${HEADLINES[verdict]}</title>
<style>${STYLE}</style></head><body>
<h1 class="${verdict}">${HEADLINES[verdict]}</h1>
${reason === undefined ? '' : `<p>${escape(reason)}.</p>`}${first}
${table([], facts(report))}
<h2>Findings</h2>
${found.length ? table(['Severity', 'Code', 'What'], found) : '<p>None.</p>'}
<h2>Events</h2>
${table(['Event', 'Entries'], eventsOf(report))}
</body></html>
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const titles = head.length
    ? `<thead><tr>${head.map((title) => `<th scope="col">${title}</th>`).join('')}</tr></thead>`
    : '';
  const cells = ([first, ...others]: readonly string[]) =>
    `<tr><th scope="row">${escape(first ?? '')}</th>${others.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`;
  return `<table>${titles}<tbody>${rows.map(cells).join('\n')}</tbody></table>`;
}

/** Neither markup nor marks that turn the direction of what follows. */
function escape(text: string): string {
  return escapeControls(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
