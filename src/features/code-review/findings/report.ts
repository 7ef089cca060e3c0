import type { FailOn } from '../passes';
import type { Finding } from './finding';
import { countBySeverity } from './unique-findings';

export interface Reported {
  readonly findings: readonly Finding[];
  readonly files: { readonly reviewed: number; readonly all: number };
  /** What could not be reviewed, in words. */
  readonly missing: readonly string[];
  readonly failOn: FailOn;
  readonly exitCode: number;
}

const SPECIAL = /[\\`*_{}[\]<>#|!~]/g;

/**
 * The review for people, in Markdown. What models wrote stands in it as text: it can make no links, pictures or mentions where the report is
 * shown.
 */
export function report({ findings, files, missing, failOn, exitCode }: Reported): string {
  const counts = Object.entries(countBySeverity(findings))
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}`);
  const parts = [
    '# Code review',
    `${findings.length ? counts.join(', ') : 'No findings'} in ${files.reviewed} of ${files.all} files. ${verdict(exitCode, failOn)}`,
  ];
  if (missing.length)
    parts.push('**Not everything was reviewed:**', missing.map((what) => `- ${plain(what)}`).join('\n'));
  for (const { file, line, severity, category, title, explanation, suggestion, passes } of findings)
    parts.push(
      `## ${severity}: ${plain(title)}`,
      `${code(`${file}:${line}`)} · ${category} · ${passes.join(', ')}`,
      plain(explanation),
      suggestion.includes('\n') ? fenced(suggestion) : plain(suggestion),
    );
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function verdict(exitCode: number, failOn: FailOn): string {
  if (exitCode === 1) return `Failed: there are findings of severity ${failOn} or worse.`;
  return exitCode === 0 ? 'Passed.' : 'Undecided: a part could not be reviewed.';
}

/** Text that Markdown leaves alone. */
function plain(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(SPECIAL, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`))
    .replace(/@/g, '&#64;')
    .replace(/:\/\//g, '&#58;//')
    .replace(/\bwww\./gi, 'www&#46;');
}

/** A fence that is longer than any within. */
function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}\n${text}\n${fence}`;
}

function code(text: string): string {
  const mark = '`'.repeat(longestRun(text) + 1);
  const flat = text.replace(/[\r\n\t]/g, '?');
  return flat.startsWith('`') || flat.endsWith('`') ? `${mark} ${flat} ${mark}` : mark + flat + mark;
}

const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
