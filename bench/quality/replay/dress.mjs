const OPENINGS = ['hi ', 'Hi, ', 'Hello, ', 'hello! ', 'Hey, ', 'Good morning, ', 'Please, '];
const ENDINGS = [' please', ' Thanks!', ' thank you', '!!', '??', ' :)', ' Best regards'];
/** Shares of the calls: so many are opened or ended with a phrase, written small, have a slip, or are about one customer's own matter. */
export const SHARES = { opened: 0.25, ended: 0.25, small: 0.3, slip: 0.06, own: 0.1 };

/** The same question as one of many customers would write it. */
export function dressed(text, random) {
  let worn = text;
  if (random.chance(SHARES.slip)) worn = slipped(worn, random);
  if (random.chance(SHARES.small)) worn = worn.toLowerCase().replace(/[?.!]+$/, '');
  if (random.chance(SHARES.opened)) worn = random.pick(OPENINGS) + worn;
  if (random.chance(SHARES.ended)) worn += random.pick(ENDINGS);
  return worn;
}

/** A question whose answer is this customer's alone: only its number tells. */
export function ownMatter(random) {
  const number = 100_000 + random.below(900_000);
  return random.pick([`Where is my order ${number}?`, `When does order ${number} arrive?`, `Cancel order ${number}`]);
}

/** Two letters change places. */
function slipped(text, random) {
  const at = 1 + random.below(Math.max(1, text.length - 3));
  return text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2);
}
