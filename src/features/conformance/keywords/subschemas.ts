import type { Json } from '../../../contract/json';
import type { Patterns } from '../pattern';
import type { SchemaNode } from '../schema-node';

/** What a keyword needs of the compiler. */
export interface Subschemas {
  readonly patterns: Patterns;
  /** The schema made ready. @param keyword what is at fault when it is `false` */
  of(schema: Json | undefined, keyword: string): SchemaNode;
}
