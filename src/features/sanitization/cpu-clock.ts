/**
 * Milliseconds of CPU time that this thread has taken so far. Budgets of work are counted by it: what others on a busy
 * machine take does not make an ordinary text look like a hostile one.
 */
export function cpuClock(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
