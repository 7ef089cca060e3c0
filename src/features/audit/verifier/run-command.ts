import { closeSync, fchmodSync, openSync, writeFileSync } from 'node:fs';
import { canonicalJson } from '../../../contract/canonical-json';
import { escapeControls } from '../../../contract/escape-controls';
import { piecesOf } from './pieces-of';
import { type Command, parseCommand, USAGE, UsageError } from './command-line';
import { exitCode, type Report } from './report';
import { reportHtml } from './report-html';
import { reportText } from './report-text';
import { verifyBundle } from './verify-bundle';

/**
 * What is printed steers no terminal: whoever made the bundle could otherwise write another verdict over this one.
 * @param out the standard output, and `err` the standard error
 * @returns what the process ends with
 */
export async function runCommand(
  args: readonly string[],
  out: (text: string) => void,
  err: (text: string) => void,
): Promise<0 | 1 | 2> {
  const print = (text: string) => out(escapeControls(text));
  const complain = (text: string) => err(escapeControls(text));
  try {
    const command = parseCommand(args);
    if (!command) {
      print(USAGE);
      return 0;
    }
    const report = await verify(command);
    print(command.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
    if (command.html !== undefined) writeFileSync(command.html, reportHtml(report));
    return exitCode(report);
  } catch (error) {
    // what cannot be opened or written has a code; anything else is a fault of the verifier, and says nothing of the log either
    complain(`${(error as Error).message}\n`);
    if (error instanceof UsageError) complain(`\n${USAGE}`);
    else if (!('code' in (error as Error))) complain(`${(error as Error).stack}\n`);
    return 2;
  }
}

async function verify({ bundle, trust, strict, content }: Command): Promise<Report> {
  const source = bundle === '-' ? (process.stdin as AsyncIterable<Buffer>) : piecesOf(bundle);
  if (content === undefined) return judged(await verifyBundle(source, trust), strict);
  const file = openSync(content, 'w', 0o600);
  fchmodSync(file, 0o600);
  try {
    const report = await verifyBundle(source, {
      ...trust,
      onOpened: ({ index, header }, payload) => {
        const line = { index, entry_id: header.entry_id, event: header.event, payload };
        writeFileSync(file, `${canonicalJson(line)}\n`);
      },
    });
    return judged(report, strict);
  } finally {
    closeSync(file);
  }
}

function judged(report: Report, strict: boolean): Report {
  const warned = report.findings.some(({ severity }) => severity === 'warning');
  return strict && warned && report.verdict === 'verified' ? { ...report, verdict: 'failed' } : report;
}
