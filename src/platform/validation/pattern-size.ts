const REPEAT = /\{(\d{1,5})(?:,(\d{0,5}))?\}/y;

/**
 * About how many instructions a regular expression has once its repetitions are written out: a short one can be a very long one.
 * One pass over the text; right or too high for any valid expression.
 */
export function patternSize(source: string): number {
  /** Of the groups that are open, the outermost first; each with the size of its last part. */
  const open = [{ size: 0, last: 0 }];
  const add = (size: number): void => {
    const group = open.at(-1);
    if (!group) return;
    group.size += size;
    group.last = size;
  };
  for (let i = 0; i < source.length; i++)
    switch (source[i]) {
      case '\\':
        i++;
        add(1);
        break;
      case '[':
        i = endOfClass(source, i);
        add(1);
        break;
      case '(':
        // a group that captures has an instruction at each end; what another one begins with is no text
        if (source[i + 1] === '?') i += 2;
        open.push({ size: source[i] === '(' ? 2 : 0, last: 0 });
        break;
      case ')': {
        const group = open.length > 1 ? open.pop() : undefined;
        add(group?.size ?? 1);
        break;
      }
      case '{': {
        REPEAT.lastIndex = i;
        const [repeat = '', least = '1', most] = REPEAT.exec(source) ?? [];
        const group = open.at(-1);
        if (!repeat || !group) add(1);
        else {
          const times = Math.max(Number(least), Number(most ?? 0));
          group.size += group.last * Math.max(0, times - 1);
          group.last *= Math.max(1, times);
          i += repeat.length - 1;
        }
        break;
      }
      default:
        add(1);
    }
  return open.reduce((sum, { size }) => sum + size, 0);
}

/** Index of the bracket that closes a class; the end of the text when none does. */
function endOfClass(source: string, start: number): number {
  // a bracket that comes first stands for itself
  let at = start + (source[start + 1] === '^' ? 2 : 1);
  if (source[at] === ']') at++;
  for (; at < source.length && source[at] !== ']'; at++) if (source[at] === '\\') at++;
  return at;
}
