/** JSON as it can be written, not only as it can be parsed: repeated names, numbers no number can hold, broken tokens. */
export type Node = null | boolean | number | string | Node[] | Members | Token;

export class Members {
  readonly list: [name: string, value: Node][];

  constructor(list: [string, Node][]) {
    this.list = list;
  }
}

/** Written as it stands. */
export class Token {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

export function treeOf(value: Plain): Node {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Plain[]).map(treeOf);
  return new Members(Object.entries(value as object).map(([name, inner]) => [name, treeOf(inner as Plain)]));
}

export function spell(node: Node): string {
  if (node instanceof Token) return node.text;
  if (Array.isArray(node)) return `[${node.map(spell).join(',')}]`;
  if (!(node instanceof Members)) return JSON.stringify(node);
  return `{${node.list.map(([name, value]) => `${JSON.stringify(name)}:${spell(value)}`).join(',')}}`;
}

/** A place in a tree where a value stands. */
export interface Slot {
  readonly path: string;
  readonly value: Node;
  set(value: Node): void;
}

/** Every place below `root`, itself excluded. */
export function slotsOf(root: Node, path = ''): Slot[] {
  if (Array.isArray(root))
    return root.flatMap((value, i) => [
      { path: `${path}[${i}]`, value, set: (next: Node) => void (root[i] = next) },
      ...slotsOf(value, `${path}[${i}]`),
    ]);
  if (!(root instanceof Members)) return [];
  return root.list.flatMap((member) => [
    { path: `${path}.${member[0]}`, value: member[1], set: (next: Node) => void (member[1] = next) },
    ...slotsOf(member[1], `${path}.${member[0]}`),
  ]);
}
