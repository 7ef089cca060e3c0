import type { TextPlace } from './call-texts';
import type { SearchResult, TextSearch, Wanted } from './text-search';

export type PlaceResult = SearchResult;

/** Searches all places, in order; a text that takes long and stands in several places only once. @throws DetectorUnavailable */
export async function searchPlaces(
  search: TextSearch,
  places: readonly TextPlace[],
  wanted: Wanted,
): Promise<readonly PlaceResult[]> {
  const known = new Map<string, Promise<SearchResult>>();
  const once = (place: TextPlace): Promise<SearchResult> => {
    const { kind, name, passage } = place;
    // callers choose names as well as texts: its length says where a name ends
    const key = `${kind === 'identifier' ? 'i' : ''}${name.length}:${name}${passage.identity}`;
    let result = known.get(key);
    if (!result) {
      result = search.search(place, wanted);
      known.set(key, result);
    }
    return result;
  };
  // a sidecar is asked about many at once; rules have one processor
  if (search.asksSidecar) return Promise.all(places.map(once));
  const { policy, pace, signal } = wanted;
  const results: SearchResult[] = [];
  for (const place of places) {
    if (pace.due) await pace.rest();
    signal.throwIfAborted();
    // most need nobody to wait, and a promise for each would cost more than they do
    results.push(search.quickly(place, policy) ?? (await once(place)));
  }
  return results;
}
