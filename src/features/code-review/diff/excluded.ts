/** Files that programs write, and nobody reads. */
const WRITTEN_BY_PROGRAMS = [
  '*package-lock.json',
  '*npm-shrinkwrap.json',
  '*yarn.lock',
  '*pnpm-lock.yaml',
  '*Cargo.lock',
  '*go.sum',
  '*poetry.lock',
  '*uv.lock',
  '*composer.lock',
  '*Gemfile.lock',
  '*.min.js',
  '*.min.css',
  '*.map',
  '*.snap',
  '*.svg',
];

/** Why a path is not reviewed; undefined when it is. */
export function excluded(path: string, own: readonly string[]): 'excluded' | 'generated' | undefined {
  if (own.some((pattern) => matches(pattern, path))) return 'excluded';
  return WRITTEN_BY_PROGRAMS.some((pattern) => matches(pattern, path)) ? 'generated' : undefined;
}

/** `*` stands for any characters, slashes included. Parts are looked for from left to right: no way back, so linear. */
export function matches(pattern: string, path: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (!rest.length) return path === first;
  const last = rest.pop() ?? '';
  if (!path.startsWith(first) || path.length < first.length + last.length || !path.endsWith(last)) return false;
  let at = first.length;
  const end = path.length - last.length;
  for (const part of rest) {
    const found = path.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
