/** Nobody's secret, wherever it stands. */
const SURELY =
  /(?<![a-z])(change[-_ ]?(me|it|this)|replace[-_ ]?(me|this|with)|place[-_ ]?holder)(?![a-z])|^your[-_ ].*(key|token|secret|password)|^(insert|put|enter)[-_ ].*here$|^<.*>$|^[a-z-]*(x{4,}|\*{3,}|\.{3,})$/i;
/** Found in examples; somebody's own machine may have no better. */
const WEAK =
  /^(password|passw0rd|secret|example|dummy|default|todo|none|null|undefined|admin|root|test|postgres|123456\d*)$/i;
/** Reserved for documentation (RFC 2606): the samples of `.env.example` are there. */
const SAMPLE_HOST = /(^|\.)example(\.(com|net|org))?$/i;

/** What is wrong with a value that was never meant to be used; undefined when it may be real. */
export function placeholderProblem(value: string, production: boolean): string | undefined {
  const parts = partsOf(value);
  const found =
    parts.words.some((word) => SURELY.test(word) || (production && WEAK.test(word))) ||
    (parts.host !== undefined && SAMPLE_HOST.test(parts.host));
  return found ? 'is a placeholder; put the real value in its place' : undefined;
}

/** The secret of a URL is its password; a list is as good as each of its members. */
function partsOf(value: string): { words: readonly string[]; host?: string } {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? URL.parse(value) : null;
  if (!url) return { words: value.split(',').map((word) => word.trim()) };
  let password = url.password;
  try {
    password = decodeURIComponent(password);
  } catch {
    // taken as it stands
  }
  return { words: password ? [password] : [], host: url.hostname };
}
