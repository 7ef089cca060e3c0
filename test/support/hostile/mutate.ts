import { Members, type Node, type Slot, slotsOf, spell, Token } from './json-text';
import type { Random } from './random';
import { HOSTILE_NAMES, HOSTILE_VALUES } from './values';

type Change = (random: Random, slot: Slot) => string;

/** Changes of one place of a body; each says what it did. */
const CHANGES: readonly Change[] = [
  replace,
  replace,
  replace,
  replace,
  (_random, slot) => {
    slot.set([slot.value]);
    return 'put into a list';
  },
  (random, slot) => {
    const name = random.pick(HOSTILE_NAMES);
    slot.set(new Members([[name, slot.value]]));
    return 'put into an object';
  },
  (random, slot) => {
    const count = random.pick([2, 40, 3_000]);
    const item = new Token(spell(slot.value));
    if (item.text.length * count > 300_000) return replace(random, slot);
    slot.set(Array.from({ length: count }, () => item));
    return `repeated ${count} times`;
  },
  (random, slot) => {
    if (!(slot.value instanceof Members)) return replace(random, slot);
    return member(random, slot.value);
  },
  (random, slot) => {
    if (!(slot.value instanceof Members) || !slot.value.list.length) return replace(random, slot);
    slot.value.list.splice(random.below(slot.value.list.length), 1);
    return 'lost a member';
  },
];

/** Half of the time by a value of the same type, which gets further. */
function replace(random: Random, slot: Slot): string {
  const alike = HOSTILE_VALUES.filter(([, json]) => json[0] === spell(slot.value)[0]);
  const [name, json] = random.pick(alike.length && random.chance(0.5) ? alike : HOSTILE_VALUES);
  slot.set(new Token(json));
  return `replaced by ${name}`;
}

/** An object gets a name twice, a strange name, or an unknown one. */
function member(random: Random, { list }: Members): string {
  const [valueName, json] = random.pick(HOSTILE_VALUES);
  const twin = list.length && random.chance(0.5) ? random.pick(list)[0] : undefined;
  const name = twin ?? random.pick(HOSTILE_NAMES);
  list.splice(random.below(list.length + 1), 0, [name, new Token(json)]);
  return `${twin === undefined ? 'given a strange name' : 'given a name twice'}, ${valueName}`;
}

/** Changes `body` in one to three places. @returns what was done, for the report of a failure */
export function mutate(random: Random, body: Node): string {
  const done: string[] = [];
  for (let changes = random.pick([1, 1, 1, 2, 3]); changes > 0; changes--) {
    if (body instanceof Members && random.chance(0.15)) done.push(`body ${member(random, body)}`);
    else {
      const slot = random.pick(slotsOf(body));
      done.push(`${slot.path.slice(0, 80)} ${random.pick(CHANGES)(random, slot)}`);
    }
  }
  return done.join('; ');
}
