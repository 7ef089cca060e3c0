const FEW = 24;
/** Text that stands for itself between quotation marks. */
const ORDINARY = /^[ !#-[\]-~]*$/;

/** Texts of objects and arrays that were written, by identity. */
export type WrittenTexts = Map<object, string>;

/** JSON that is the same for the same content: members sorted by name, absent ones left out, nothing between. */
export function canonicalJson(value: unknown): string {
  return write(value, undefined);
}

/**
 * The same for values that share parts: each is written once.
 * @param written what was written before, to which this is added; none of it may have changed
 */
export function canonicalJsonOnce(value: unknown, written: WrittenTexts): string {
  return write(value, written);
}

function write(value: unknown, written: WrittenTexts | undefined): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const known = written?.get(value);
  if (known !== undefined) return known;
  const text = Array.isArray(value) ? items(value, written) : members(value as Record<string, unknown>, written);
  written?.set(value, text);
  return text;
}

function items(list: readonly unknown[], written: WrittenTexts | undefined): string {
  let text = '';
  for (const item of list) text += `${text && ','}${write(item ?? null, written)}`;
  return `[${text}]`;
}

function members(value: Record<string, unknown>, written: WrittenTexts | undefined): string {
  let text = '';
  for (const name of sortedNames(value)) {
    const member = value[name];
    if (member !== undefined) text += `${text && ','}${quote(name)}:${write(member, written)}`;
  }
  return `{${text}}`;
}

/** By UTF-16 code units, as JavaScript compares. */
function sortedNames(value: object): string[] {
  const names = Object.keys(value);
  if (names.length > FEW) return names.sort();
  // inserted one by one: mostly they are sorted already, and calling the engine's sort for a few takes longer
  for (let i = 1; i < names.length; i++) {
    const name = names[i] as string;
    let at = i;
    for (; at > 0 && (names[at - 1] as string) > name; at--) names[at] = names[at - 1] as string;
    names[at] = name;
  }
  return names;
}

/** Looking whether there is anything to escape is quicker than having it looked for and copied. */
function quote(text: string): string {
  return ORDINARY.test(text) ? `"${text}"` : JSON.stringify(text);
}
