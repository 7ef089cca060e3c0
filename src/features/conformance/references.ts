import { isObject, type Json, type JsonObject } from '../../contract/json';
import { SchemaError } from './schema-reader';

/** What `$ref` can name: places of the same document. Nothing is ever fetched. */
export class References {
  private readonly anchors: ReadonlyMap<string, Json>;
  private readonly id: string;

  constructor(private readonly root: JsonObject) {
    const id = root['$id'];
    this.id = typeof id === 'string' ? id.replace(/#$/, '') : '';
    this.anchors = anchorsOf(root);
  }

  /** @throws SchemaError */
  find(reference: string): Json {
    const local = this.id && reference.startsWith(this.id) ? reference.slice(this.id.length) || '#' : reference;
    if (!local.startsWith('#')) throw new SchemaError("a '$ref' leads out of the schema; nothing is fetched");
    const fragment = decoded(local.slice(1));
    const found = fragment === '' || fragment.startsWith('/') ? this.at(fragment) : this.anchors.get(fragment);
    if (found === undefined) throw new SchemaError("a '$ref' leads nowhere");
    return found;
  }

  private at(pointer: string): Json | undefined {
    let at: Json | undefined = this.root;
    for (const part of pointer.split('/').slice(1)) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      // lists have their indexes as own members
      at = typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? (at as JsonObject)[name] : undefined;
    }
    return at;
  }
}

function anchorsOf(root: Json): Map<string, Json> {
  const anchors = new Map<string, Json>();
  for (const waiting: Json[] = [root]; waiting.length;) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const inner of Object.values(value) as Json[]) waiting.push(inner);
    if (!isObject(value)) continue;
    const { $anchor: anchor, $id: id } = value;
    if (typeof anchor === 'string') anchors.set(anchor, value);
    // the word of draft 7
    if (typeof id === 'string' && id.startsWith('#')) anchors.set(id.slice(1), value);
  }
  return anchors;
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    throw new SchemaError("a '$ref' is not spelt properly");
  }
}
