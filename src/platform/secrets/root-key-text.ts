const SHORTEST = 24;
/** What people write until they think of something better. */
const PLACEHOLDERS =
  /change|me|replace|this|test|root|admin|api|key|secret|password|token|default|example|sample|placeholder|my|your|gatehouse|gh/g;

/** Why a key is too weak to stand alone before everything; never the key itself. */
export function rootKeyProblem(key: string): string | undefined {
  return key.length < SHORTEST
    ? `must have at least ${SHORTEST} characters (echo gh_$(openssl rand -base64 32 | tr '+/' '-_' | tr -d '='))`
    : !/^[\x21-\x7e]{1,200}$/.test(key)
      ? 'must be at most 200 printable ASCII characters without spaces'
      : isPlaceholder(key)
        ? 'is a placeholder, not a secret'
        : undefined;
}

function isPlaceholder(key: string): boolean {
  const rest = key
    .toLowerCase()
    .replace(PLACEHOLDERS, '')
    .replace(/[^a-z0-9]/g, '');
  return rest.length < 6 || new Set(rest).size < 4;
}
