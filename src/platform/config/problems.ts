import type { ZodError } from 'zod';

/** Everything that is wrong with the configuration, so that one start shows all of it. */
export class Problems {
  private readonly found: string[] = [];

  add(where: string, problem: string): void {
    this.found.push(`${where}: ${problem}`);
  }

  addAll(file: string, error: ZodError): void {
    for (const issue of error.issues) {
      const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
      this.add(`${file} ${path.replace(/^\./, '') || '(top level)'}`, issue.message);
    }
  }

  /** Something is known to be wrong with it. */
  mention(where: string): boolean {
    return this.found.some((problem) => problem.startsWith(`${where}: `));
  }

  throwIfAny(): void {
    if (this.found.length) throw new ConfigError(this.found);
  }
}

export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} mistake${problems.length > 1 ? 's' : ''}:\n  - ${problems.join('\n  - ')}`,
    );
    this.name = 'ConfigError';
  }
}
