import { existsSync, readFileSync } from 'node:fs';

/** A process, so that another one with its number is not taken for it. */
export interface ProcessMark {
  readonly pid: number;
  /** When it started, in ticks since the machine did; absent where the system does not tell. */
  readonly started?: string | undefined;
}

export function markOf(pid: number): ProcessMark {
  return { pid, started: statOf(pid)?.started };
}

export function isAlive({ pid, started }: ProcessMark): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const stat = statOf(pid);
  // one that ended, and that nobody has asked about, is still listed
  return stat === undefined || (stat.state !== 'Z' && (started === undefined || stat.started === started));
}

/** As Linux tells it. */
function statOf(pid: number): { readonly state: string; readonly started: string } | undefined {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  try {
    // the name in brackets may hold anything
    const fields = readFileSync(file, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
