/** What one look at the installation showed. */
export interface Finding {
  /** What was looked at. */
  readonly what: string;
  /** `warn`: it works, and could be better; `skip`: it could not be looked at, for a reason that is no fault. */
  readonly state: 'ok' | 'warn' | 'fail' | 'skip';
  /** One sentence: what is so and, where it is not well, what to do. */
  readonly says: string;
}

export const ok = (what: string, says: string): Finding => ({ what, state: 'ok', says });
export const warn = (what: string, says: string): Finding => ({ what, state: 'warn', says });
export const fail = (what: string, says: string): Finding => ({ what, state: 'fail', says });
export const skip = (what: string, says: string): Finding => ({ what, state: 'skip', says });

/** For people, a line each. */
export function findingLines(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ what }) => what.length));
  return findings.map(({ what, state, says }) => `${state.padEnd(4)}  ${what.padEnd(width)}  ${says}`);
}
