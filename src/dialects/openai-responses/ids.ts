const MAX_SUFFIX = 48;

/** A response's id, from the provider's own where there is one. */
export function responseId(id: string): string {
  return /^resp[_-]/.test(id) ? id : `resp_${suffix(id)}`;
}

/** Ids of items follow from the response's, so that every event of a stream and the final response agree on them. */
export function itemId(prefix: 'msg' | 'rs' | 'fc' | 'item', responseId: string, index: number): string {
  return `${prefix}_${suffix(responseId)}_${index}`;
}

/** Short enough for an id of at most 64 characters, which is what the API takes back. */
function suffix(id: string): string {
  return id
    .replace(/^resp[_-]/, '')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(-MAX_SUFFIX);
}
