import { Secret } from '../secrets/secret';
import { parseReference, REFERENCE_FORMS, schemeOf } from '../secrets/secret-reference';
import type { SecretRequest } from '../secrets/secret-request';
import { textOf, type Variables } from '../secrets/variables';
import type { Problems } from './problems';
import { HttpUrl } from './setting-types';

/** What is wrong with the value of a secret. */
export type Check = (value: string) => string | undefined;

/** A variable may name another one; more often than this it goes in a circle. */
const LONGEST_CHAIN = 4;

const MODES = ['production', 'development', 'test'];

/** Reads environment variables, noting every mistake instead of stopping at the first. */
export class Environment {
  constructor(
    private readonly env: Variables,
    private readonly problems: Problems,
  ) {}

  text(name: string): string | undefined {
    return textOf(this.env, name);
  }

  port(name: string): number | undefined {
    return this.integer(name, 0, 65_535, 'must be a port between 0 and 65535');
  }

  /** Plain decimal: what JavaScript takes for a number besides, as 0x10 and 1e3, is a typing mistake here. */
  integer(name: string, least: number, most: number, problem: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    this.problems.add(name, problem);
    return undefined;
  }

  /** Whether this is production; anything but the usual names would silently be less strict than it. */
  production(): boolean {
    const text = this.text('NODE_ENV');
    if (text !== undefined && !MODES.includes(text))
      this.problems.add('NODE_ENV', `must be one of ${MODES.join(', ')}`);
    return text === 'production';
  }

  url(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text.replace(/\/+$/, '');
    this.problems.add(name, 'must be an http(s) URL');
    return undefined;
  }

  /** An address that paths are put behind. */
  root(name: string): string | undefined {
    const url = this.url(name);
    const problem = url === undefined ? undefined : HttpUrl.safeParse(url).error?.issues[0]?.message;
    if (problem === undefined) return url;
    this.problems.add(name, problem);
    return undefined;
  }

  /** What `NAME` holds, a value or a reference, or the file that `NAME_FILE` names; both at once is a mistake. */
  secret(name: string, check?: Check): SecretRequest | undefined {
    return this.variable(name, { name, at: name, check }, 0);
  }

  /**
   * A reference in a settings file.
   * @param at where it stands, which is also the name of the secret
   */
  reference(reference: string, at: string, check?: Check): SecretRequest | undefined {
    return this.located(reference, { name: at, at, check }, 0);
  }

  private variable(variable: string, asked: Omit<SecretRequest, 'place'>, links: number): SecretRequest | undefined {
    const [text, file] = [this.text(variable), this.text(`${variable}_FILE`)];
    if (text !== undefined && file !== undefined)
      return this.refuse(variable, `is set together with ${variable}_FILE; set one of them`);
    const at = links ? asked.at : `${variable}_FILE`;
    if (file !== undefined) return { ...asked, at, place: { scheme: 'file', text: `file:${file}`, path: file } };
    if (text === undefined) return undefined;
    if (schemeOf(text)) return this.located(text, asked, links);
    return { ...asked, place: { scheme: 'given', text: `env:${variable}`, value: new Secret(text) } };
  }

  private located(text: string, asked: Omit<SecretRequest, 'place'>, links: number): SecretRequest | undefined {
    const { at } = asked;
    const scheme = schemeOf(text);
    const reference = parseReference(text);
    // what stands there may be the secret itself: it is not repeated
    if (!scheme) return this.refuse(at, `must be a reference (${Object.values(REFERENCE_FORMS).join(', ')})`);
    if (!reference) return this.refuse(at, `is not of the form ${REFERENCE_FORMS[scheme]}`);
    if (reference.scheme === 'literal') {
      if (this.text('NODE_ENV') === 'production')
        return this.refuse(at, 'is a literal, which production does not take');
      return { ...asked, place: { scheme: 'given', text: reference.text, value: reference.value } };
    }
    if (reference.scheme !== 'env') return { ...asked, place: reference };
    if (links === LONGEST_CHAIN) return this.refuse(at, 'refers to variables that refer to each other');
    const { variable } = reference;
    if (!this.text(variable) && !this.text(`${variable}_FILE`))
      return this.refuse(at, `refers to ${variable}, which is not set`);
    return this.variable(variable, asked, links + 1);
  }

  private refuse(at: string, problem: string): undefined {
    this.problems.add(at, problem);
    return undefined;
  }
}
