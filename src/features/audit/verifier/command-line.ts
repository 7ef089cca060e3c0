import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { KEY_TYPE, parseVkey, type VerifierKey } from '../format/vkey';
import type { Trust } from './verify-bundle';

export const USAGE = `usage: node verify-audit.js <bundle.tar | -> --vkey <key of the log> [options]

  --vkey <vkey>            a key that you trust to speak for the log, or several with spaces between; may be repeated
  --witness-vkey <vkey>    a witness that you trust; may be repeated
  --quorum <n>             how many of them must have signed (all when absent)
  --checkpoint <file>      a checkpoint, or a .tlog-proof, that you kept; may be repeated
  --whole                  every entry must be shown that was not dropped by retention
  --strict                 warnings are failures
  --heartbeat <seconds>    between signs of life, where writers do not say (60)
  --content <file>         write the content that the disclosed keys open, one JSON a line
  --json                   the report as JSON
  --html <file>            the report as a page

ends with 0 when the log is verified, 1 when it is not as it should be, 2 when it could not be checked
`;

export interface Command {
  readonly bundle: string;
  readonly trust: Trust;
  readonly strict: boolean;
  readonly json: boolean;
  readonly html?: string | undefined;
  readonly content?: string | undefined;
}

/** What was asked for cannot be done. */
export class UsageError extends Error {}

/** Undefined when help is asked for. @throws UsageError */
export function parseCommand(args: readonly string[]): Command | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const [bundle, ...more] = positionals;
  if (bundle === undefined || more.length) throw new UsageError('one bundle, please');
  const vkeys = words(values.vkey).map((vkey) => keyOf(vkey, KEY_TYPE.note));
  if (!vkeys.length) throw new UsageError('--vkey is missing: without a key that you trust nothing can be verified');
  const witnesses = words(values['witness-vkey']).map((vkey) => keyOf(vkey, KEY_TYPE.cosignature));
  const quorum = wholeNumber('--quorum', values.quorum ?? `${witnesses.length}`);
  if (quorum > witnesses.length) throw new UsageError(`--quorum ${quorum} needs as many --witness-vkey`);
  const outside = (values.checkpoint ?? []).map((file) => ({ name: basename(file), text: read(file) }));
  const heartbeat = wholeNumber('--heartbeat', values.heartbeat ?? '60');
  return {
    bundle,
    trust: { vkeys, witnesses, quorum, outside, heartbeat, ...(values.whole && { whole: true }) },
    strict: values.strict ?? false,
    json: values.json ?? false,
    html: values.html,
    content: values.content,
  };
}

/** A log that rotated its key says several, one a line. */
const words = (values: readonly string[] = []): readonly string[] =>
  values.flatMap((value) => value.trim().split(/\s+/));

function parsed(args: readonly string[]) {
  const many = { type: 'string', multiple: true } as const;
  const one = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        vkey: many,
        'witness-vkey': many,
        checkpoint: many,
        quorum: one,
        heartbeat: one,
        html: one,
        content: one,
        whole: flag,
        strict: flag,
        json: flag,
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function keyOf(text: string, type: VerifierKey['type']): VerifierKey {
  try {
    const key = parseVkey(text);
    if (key.type === type) return key;
  } catch (error) {
    throw new UsageError(`${text}: ${(error as Error).message}`);
  }
  throw new UsageError(
    `${text} is a key of ${type === KEY_TYPE.note ? 'a witness, not of a log' : 'a log, not of a witness'}`,
  );
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${option} is a whole number`);
  return Number(text);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
}
