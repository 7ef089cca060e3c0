/** Planted wherever a caller's own words stand. It must come back in nothing but the answer to that caller. */
export const CANARY = 'cnry7f3a91d2';

/** The canary, and what it looks like after the usual encodings. */
const FORMS = [CANARY, Buffer.from(CANARY).toString('hex'), ...[0, 1, 2].map(inBase64)];

/** Where in `text` the canary shows, with what stands around it; undefined when it does not. */
export function canaryIn(text: string): string | undefined {
  for (const form of FORMS) {
    const at = text.indexOf(form);
    if (at >= 0) return text.slice(Math.max(0, at - 80), at + form.length + 40);
  }
  return undefined;
}

/** The letters that do not depend on what stands before and after. */
function inBase64(shift: number): string {
  const text = Buffer.from(' '.repeat(shift) + CANARY).toString('base64url');
  return text.slice(shift ? 4 : 0, Math.floor(((shift + CANARY.length) * 4) / 3) - 2);
}
