const OCTAL = /^[0-7]{3}/;
const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** A path as git quotes it, and how much of the text it takes. Undefined when the quotes do not close. */
export function quotedPath(text: string): { readonly path: string; readonly length: number } | undefined {
  const bytes: number[] = [];
  for (let i = 1; i < text.length; i++) {
    const character = text[i] ?? '';
    if (character === '"') return { path: Buffer.from(bytes).toString('utf8'), length: i + 1 };
    if (character !== '\\') {
      // git may be set to leave letters beyond ASCII as they are
      const letter = String.fromCodePoint(text.codePointAt(i) ?? 0);
      bytes.push(...Buffer.from(letter));
      i += letter.length - 1;
      continue;
    }
    const octal = OCTAL.exec(text.slice(i + 1, i + 4))?.[0];
    if (octal !== undefined) {
      bytes.push(Number.parseInt(octal, 8) & 0xff);
      i += 3;
    } else bytes.push(ESCAPES[text[++i] ?? ''] ?? 63);
  }
  return undefined;
}

/** The path on a line such as `--- a/x.ts`, without a timestamp; undefined for /dev/null. */
export function pathOnLine(rest: string): string | undefined {
  const path = rest.startsWith('"') ? quotedPath(rest)?.path : rest.split('\t', 1)[0]?.trimEnd();
  return path === undefined || path === '/dev/null' ? undefined : path;
}

/** Without the a/ or b/ that git puts in front. */
export function withoutSide(path: string, sides: readonly string[]): string {
  const side = sides.find((one) => path.startsWith(one));
  return side === undefined ? path : path.slice(side.length);
}

/**
 * The two paths of a line `diff --git a/x b/x`. Unquoted ones with blanks can only be told apart where both are the same, which they are unless the
 * file was renamed – and then other lines name them.
 */
export function bothPaths(rest: string): { readonly from: string; readonly to: string } | undefined {
  if (rest.startsWith('"') || rest.endsWith('"')) {
    const first = rest.startsWith('"') ? quotedPath(rest) : undefined;
    const from = first?.path ?? rest.slice(0, rest.indexOf(' "'));
    const second = rest.slice(first ? first.length + 1 : rest.indexOf(' "') + 1);
    const to = second.startsWith('"') ? quotedPath(second)?.path : second;
    return to === undefined ? undefined : { from, to };
  }
  const half = (rest.length - 1) / 2;
  const [from, to] = [rest.slice(0, half), rest.slice(half + 1)];
  if (rest[half] === ' ' && withoutSide(from, ['a/']) === withoutSide(to, ['b/'])) return { from, to };
  const at = rest.indexOf(' b/');
  return at < 0 ? undefined : { from: rest.slice(0, at), to: rest.slice(at + 1) };
}
