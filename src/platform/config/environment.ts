import { readFileSync, statSync } from 'node:fs';
import { Secret } from '../secrets/secret';
import type { Problems } from './problems';

/** Reads environment variables, noting every mistake instead of stopping at the first. */
export class Environment {
  constructor(
    private readonly env: Readonly<Record<string, string | undefined>>,
    private readonly problems: Problems,
  ) {}

  text(name: string): string | undefined {
    const value = this.env[name]?.trim();
    return value ? value : undefined;
  }

  port(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const port = Number(text);
    if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
    this.problems.add(name, 'must be a port between 0 and 65535');
    return undefined;
  }

  url(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text.replace(/\/+$/, '');
    this.problems.add(name, 'must be an http(s) URL');
    return undefined;
  }

  /** `NAME`, or the content of the file named by `NAME_FILE`; both at once is a mistake. */
  secret(name: string): Secret | undefined {
    const value = this.text(name);
    const file = this.text(`${name}_FILE`);
    if (value !== undefined && file !== undefined) {
      this.problems.add(name, `is set together with ${name}_FILE; set one of them`);
      return undefined;
    }
    if (file !== undefined) return this.secretFile(file, `${name}_FILE`);
    return value === undefined ? undefined : new Secret(value);
  }

  /** `env:NAME` or `file:/path`, as configuration files refer to secrets. `at` is where the reference stands. */
  reference(reference: string, at: string): Secret | undefined {
    const [scheme, rest] = [reference.slice(0, reference.indexOf(':')), reference.slice(reference.indexOf(':') + 1)];
    if (scheme === 'file') return this.secretFile(rest, at);
    const secret = this.secret(rest);
    if (!secret) this.problems.add(at, `refers to ${rest}, which is not set`);
    return secret;
  }

  private secretFile(path: string, at: string): Secret | undefined {
    try {
      if (process.platform !== 'win32' && (statSync(path).mode & 0o004) !== 0)
        this.problems.add(at, `${path} can be read by everybody; chmod 600 it`);
      const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      if (value) return new Secret(value);
      this.problems.add(at, `${path} is empty`);
    } catch (error) {
      this.problems.add(at, `cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`);
    }
    return undefined;
  }
}
