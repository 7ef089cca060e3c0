// Notices that the terminal's side is gone: `kill <npm>` ends npm and its shell, but no signal reaches what they started.
import { readFileSync } from 'node:fs';

const INTERVAL_MS = 500;

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function isShell(pid) {
  try {
    return /^(ba|da|a|z|k)?sh$/.test(readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
  } catch {
    return false;
  }
}

/** Calls back once when our parent has gone; below npm also when npm has gone and left its shell behind. */
export function onParentGone(callback) {
  const parent = process.ppid;
  const underNpm = process.env.npm_lifecycle_event !== undefined;
  const npm = underNpm && isShell(parent) ? parentOf(parent) : undefined;
  const gone = () =>
    process.ppid !== parent || (underNpm && parent === 1) || (npm !== undefined && parentOf(parent) !== npm);
  const timer = setInterval(() => {
    if (!gone()) return;
    clearInterval(timer);
    callback();
  }, INTERVAL_MS);
  timer.unref();
}
