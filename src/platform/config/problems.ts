import type { core, ZodError } from 'zod';

/** Everything that is wrong with the configuration, so that one start shows all of it. */
export class Problems {
  private readonly found: string[] = [];

  add(where: string, problem: string): void {
    this.found.push(`${where}: ${problem}`);
  }

  addAll(file: string, error: ZodError): void {
    for (const issue of error.issues.flatMap(innermost)) {
      const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
      // of a key that is malformed, zod says no more than that
      const [inner] = issue.code === 'invalid_key' ? issue.issues : [];
      this.add(`${file} ${path.replace(/^\./, '') || '(top level)'}`, inner?.message ?? issue.message);
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

/** The mistakes in the one alternative that was meant: that whose type, as far as the value is not within, is the value's. */
function innermost(issue: core.$ZodIssue): core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.filter(
    (issues) => !issues.some(({ code, path }) => code === 'invalid_type' && !path.length),
  );
  if (meant.length !== 1) return [issue];
  return meant.flat().flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }));
}
