import type { ModelRequest } from '../../../contract/request';
import type { JsonObject } from '../../../contract/json';
import type { WireRequest } from '../../../contract/wire';
import type { Place, Unscanned } from '../body/place';
import { rewriteBody } from '../body/rewrite-body';
import { Passage } from './passage';

/** A call in the form in which it can be sent. */
export interface Form {
  readonly request: ModelRequest;
  readonly wire: WireRequest;
}

/** A place and its text, as whoever has read it before recognises it. */
export interface TextPlace extends Place {
  readonly passage: Passage;
}

/** Reads the body of a call anew, in the dialect it came in. */
export type Decode = (wire: WireRequest) => ModelRequest;

/**
 * All texts of a call: of its body and of the headers that travel with it. A call that was made here rather than at a door
 * has no body, and its request is what is read.
 */
export class CallTexts {
  readonly places: readonly TextPlace[];
  readonly unscanned: readonly Unscanned[];
  /** The call as it came. Whoever is given a form spreads it: it holds nothing else. */
  readonly form: Form;
  private readonly document: JsonObject;

  constructor(
    { request, wire }: Form,
    private readonly decode: Decode,
  ) {
    this.form = { request, wire };
    this.document =
      wire.dialect === 'internal'
        ? { body: request as unknown as JsonObject }
        : { body: wire.body, headers: wire.headers };
    const places: TextPlace[] = [];
    const unscanned = new Set<Unscanned>();
    rewriteBody(this.document, {
      replace(place) {
        places.push({ ...place, passage: new Passage(place.text) });
        return place.text;
      },
      unscanned: (what) => void unscanned.add(what),
    });
    this.places = places;
    this.unscanned = [...unscanned].sort();
  }

  /** The call with other texts: one for each place, in order. The same form where none differs. */
  with(texts: readonly string[]): Form {
    let next = 0;
    const replace = ({ text }: Place): string => texts[next++] ?? text;
    const changed = rewriteBody(this.document, { replace, unscanned: () => undefined });
    if (changed === this.document) return this.form;
    const { body, headers } = changed as { body: JsonObject; headers: Record<string, string> };
    const { wire } = this.form;
    if (wire.dialect === 'internal') return { request: body as unknown as ModelRequest, wire };
    const other = { ...wire, body, headers };
    return { request: this.decode(other), wire: other };
  }
}
