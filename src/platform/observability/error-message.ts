const LONGEST = 2_000;
const CUT = '…';
/** SQLSTATE class 22: the server quotes the value that it could not take. */
const OF_DATA = /^22[0-9A-Z]{3}$/;
const NAME_IN_PATH = /^[A-Za-z_][\w-]{0,39}$/;
const PROBLEM_CODE = /^[a-z_]{1,40}$/;

interface Told {
  readonly message: string;
  readonly name?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly issues?: unknown;
}

/** The message of an error without the values that its maker is known to quote in it; at most 2,000 characters. */
export function messageOf(error: { readonly message: string }): string {
  return told(error as Told).slice(0, LONGEST);
}

function told(error: Told): string {
  const { message, name, code, status, issues } = error;
  if (Array.isArray(issues)) return issuesIn(issues);
  // an SDK's error for an answer of a provider: the message is, or holds, the body
  if (typeof status === 'number' && 'headers' in error) return `the provider answered with status ${status}`;
  if (name === 'SyntaxError' && /JSON/.test(message)) return 'this is not valid JSON';
  if (typeof code !== 'string') return message;
  if (OF_DATA.test(code)) return withoutQuoted(message);
  if (code.startsWith('ERR_INVALID_') || code === 'ERR_OUT_OF_RANGE') return before(message, /\bReceived\b/);
  return message;
}

/** Of a schema: which fields were wrong and in what way, never what stood there. */
function issuesIn(issues: readonly unknown[]): string {
  const problems = issues.slice(0, 20).map((issue) => {
    const { code, path } = (issue ?? {}) as { code?: unknown; path?: unknown };
    const names = Array.isArray(path) ? path.slice(0, 10).map(nameInPath) : [];
    return `${typeof code === 'string' && PROBLEM_CODE.test(code) ? code : 'invalid'} at ${names.join('.') || 'the top'}`;
  });
  return `does not fit its schema: ${problems.join(', ')}`;
}

/** A caller may have made it up. */
function nameInPath(name: unknown): string {
  return typeof name === 'number' || (typeof name === 'string' && NAME_IN_PATH.test(name)) ? String(name) : CUT;
}

/** From the first quotation mark on: a value may hold further ones. */
function withoutQuoted(message: string): string {
  const at = message.indexOf('"');
  return at < 0 ? message : `${message.slice(0, at)}${CUT}`;
}

function before(message: string, word: RegExp): string {
  const at = message.search(word);
  return at < 0 ? message : `${message.slice(0, at)}${CUT}`;
}
