// What Linux knows of processes and cores: who used how much CPU, who is whose child, how much memory is resident.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

const TICKS_PER_SECOND = 100; // of /proc, whatever the kernel's own clock does

/** The gateway has a core for itself; the load generator, the upstream and PostgreSQL share the other one. */
export const GATEWAY_CORE = 0;
export const OTHER_CORE = 1;

export const canPin = cpus().length > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

/** The command that runs `command` on that core alone. */
export const onCore = (core, command) => (canPin ? ['taskset', '-c', String(core), ...command] : command);

/** Moves running processes, all their threads included. */
export function pin(pids, core) {
  if (canPin) for (const pid of pids) spawnSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' });
}

/** The fields of /proc/<pid>/stat from the third one on, or undefined when the process is gone. */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

const isNumber = (name) => /^\d+$/.test(name);

/** The processes with those ids and everything below them. */
export function withDescendants(roots) {
  const children = new Map();
  for (const pid of readdirSync('/proc').filter(isNumber)) {
    const parent = stat(pid)?.[1];
    if (parent) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = roots.map(String);
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return [...new Set(found)].map(Number);
}

function threadSeconds(pid) {
  let nanoseconds = 0;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`))
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    // it ended meanwhile; what it used is with its parent
  }
  return nanoseconds / 1e9;
}

/** Seconds of CPU that the processes have used, children that have ended and were waited for included. */
export function cpuSeconds(pids) {
  let seconds = 0;
  for (const pid of pids) {
    const fields = stat(pid);
    if (fields) seconds += (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND + threadSeconds(pid);
  }
  return seconds;
}

/** Seconds of CPU that anything at all on this machine has used. */
export function busySeconds() {
  const [user, nice, system, , , interrupts, softInterrupts, stolen] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + interrupts + softInterrupts + stolen) / TICKS_PER_SECOND;
}

/** Megabytes of resident memory. */
export function residentMegabytes(pids) {
  const kilobytes = (pid) => {
    try {
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  };
  return pids.reduce((sum, pid) => sum + kilobytes(pid), 0) / 1024;
}

export function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

export const loadAverage = () => Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);

export function describeMachine() {
  return {
    processor: cpus()[0]?.model.trim(),
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    pinned: canPin,
    loadAverage: loadAverage(),
  };
}
