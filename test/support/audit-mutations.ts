import { parseCheckpoint } from '../../src/features/audit/format/checkpoint';
import {
  type ManifestMember,
  formatManifest,
  manifestMember,
  manifestText,
} from '../../src/features/audit/format/manifest';
import { signNote } from '../../src/features/audit/format/note';
import { payloadRecord, payloadRecords } from '../../src/features/audit/format/payload-records';
import { readTar, TAR_END, tarHeader, tarPadding, type TarMember } from '../../src/features/audit/format/tar';
import { stranger } from './audit-corpus';

/** Numbers that are the same for the same seed. */
export class Dice {
  constructor(private state: number) {}

  /** From 0 to below `sides`. */
  roll(sides: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.roll(from.length)] as T;
  }
}

export async function membersOf(bundle: Buffer): Promise<TarMember[]> {
  const members: TarMember[] = [];
  for await (const member of readTar(
    (async function* () {
      yield bundle;
    })(),
  ))
    members.push(member);
  return members;
}

export function tarOf(members: readonly TarMember[]): Buffer {
  const parts = members.flatMap(({ name, content }) => [
    tarHeader(name, content.length),
    content,
    tarPadding(content.length),
  ]);
  return Buffer.concat([...parts, TAR_END]);
}

const thief = stranger();

/** The manifest made anew, and signed by somebody. */
export function withManifest(members: readonly TarMember[], log: string): TarMember[] {
  const rest = members.filter(({ name }) => !name.startsWith('manifest.'));
  const listed: ManifestMember[] = rest.map(({ name, content }) => manifestMember(name, content));
  const manifest = formatManifest(listed);
  const note = signNote(manifestText(log, manifest), log.replace(/\+/g, ''), thief.privateKey);
  return [
    ...rest,
    { name: 'manifest.json', content: Buffer.from(manifest) },
    { name: 'manifest.note', content: Buffer.from(note) },
  ];
}

/** A change to what is in a bundle; undefined when there is nothing that could be changed so. */
export type Mutation = (members: readonly TarMember[], dice: Dice) => TarMember[] | undefined;

type LineEdit = (lines: string[], dice: Dice) => string[] | undefined;

function onMember(pattern: RegExp, edit: (content: Buffer, dice: Dice) => Buffer | undefined): Mutation {
  return (members, dice) => {
    const found = members.filter(({ name, content }) => pattern.test(name) && content.length > 0);
    if (!found.length) return undefined;
    const member = dice.pick(found);
    const content = edit(member.content, dice);
    return content && members.map((one) => (one === member ? { ...one, content } : one));
  };
}

function onLines(pattern: RegExp, edit: LineEdit): Mutation {
  return onMember(pattern, (content, dice) => {
    const lines = edit(content.toString('utf8').slice(0, -1).split('\n'), dice);
    return lines && Buffer.from(lines.map((line) => `${line}\n`).join(''));
  });
}

function flip(content: Buffer, dice: Dice): Buffer {
  const changed = Buffer.from(content);
  const at = dice.roll(changed.length);
  changed[at] = (changed[at] as number) ^ (1 << dice.roll(8));
  return changed;
}

const remove: LineEdit = (lines, dice) => lines.toSpliced(dice.roll(lines.length), 1);
const repeat: LineEdit = (lines, dice) => lines.toSpliced(dice.roll(lines.length), 0, dice.pick(lines));
const swap: LineEdit = (lines, dice) => {
  const [a, b] = [dice.roll(lines.length), dice.roll(lines.length)];
  return lines.map((line, i) => (i === a ? (lines[b] as string) : i === b ? (lines[a] as string) : line));
};
const cut = (content: Buffer, dice: Dice): Buffer => content.subarray(0, dice.roll(content.length));

/** Edits that keep a line what it was: only what it says changes. */
const editJson =
  (edit: (value: Record<string, never>, dice: Dice) => void): LineEdit =>
  (lines, dice) => {
    const at = dice.roll(lines.length);
    const value = JSON.parse(lines[at] as string) as Record<string, never>;
    if (typeof value !== 'object') return undefined;
    edit(value, dice);
    return lines.toSpliced(at, 1, JSON.stringify(value));
  };

const HEADERS = /headers\.ndjson$/;
const RUNS = /runs\.ndjson$/;
const HEADER_MEMBERS = [
  'tenant',
  'model',
  'outcome',
  'event',
  'user_id',
  'ts',
  'entry_id',
  'prompt_hash',
  'ct_hash',
  'key_commit',
  'writer',
  'log',
];

const changeText = (text: string, dice: Dice): string => {
  const at = dice.roll(text.length);
  const sign = text[at] === '1' ? '2' : '1';
  return text.slice(0, at) + sign + text.slice(at + 1);
};

function onRecords(edit: (records: { index: number; ciphertext: Buffer }[], dice: Dice) => void): Mutation {
  return onMember(/payloads\.bin$/, (content, dice) => {
    const records = [...payloadRecords(content)].map((record) => ({ ...record }));
    edit(records, dice);
    return Buffer.concat(records.flatMap(({ index, ciphertext }) => payloadRecord(index, ciphertext)));
  });
}

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'flip a bit of a header': onMember(HEADERS, flip),
  'flip a bit of a run': onMember(RUNS, flip),
  'flip a bit of content': onMember(/payloads\.bin$/, flip),
  'flip a bit of a checkpoint': onMember(/^checkpoints/, flip),
  'flip a bit of an admission': onMember(/^writers/, flip),
  'flip a bit of a disclosed key': onMember(/^keys/, flip),
  'delete an entry': onLines(HEADERS, remove),
  'delete a run': onLines(RUNS, remove),
  'repeat an entry': onLines(HEADERS, repeat),
  'repeat a run': onLines(RUNS, repeat),
  'swap entries': onLines(HEADERS, swap),
  'swap runs': onLines(RUNS, swap),
  'cut entries off': onMember(HEADERS, cut),
  'cut runs off': onMember(RUNS, cut),
  'cut content off': onMember(/payloads\.bin$/, cut),
  'insert a made-up entry': onLines(HEADERS, (lines, dice) => {
    const line = dice.pick(lines).replace(/"entry_id":"./, '"entry_id":"f');
    return lines.toSpliced(dice.roll(lines.length), 0, line);
  }),
  'change what a header says': onLines(
    HEADERS,
    editJson((header, dice) => {
      const name = dice.pick(HEADER_MEMBERS.filter((one) => one in header));
      header[name] = changeText(header[name] as string, dice) as never;
    }),
  ),
  'take a member out of a header': onLines(
    HEADERS,
    editJson((header, dice) => void delete header[dice.pick(Object.keys(header))]),
  ),
  'change what a batch says': onLines(
    RUNS,
    editJson(({ batch }: { batch?: Record<string, never> }, dice) => {
      if (!batch) return;
      const name = dice.pick(
        ['first', 'n', 'lane', 'origin', 'previous', 'signature', 'writer'].filter((one) => one in batch),
      );
      const value = batch[name] as string | number;
      batch[name] = (typeof value === 'number' ? value + 1 : changeText(value, dice)) as never;
    }),
  ),
  'swap the content of entries': onRecords((records, dice) => {
    const [a, b] = [dice.pick(records), dice.pick(records)];
    [a.ciphertext, b.ciphertext] = [b.ciphertext, a.ciphertext];
  }),
  'delete the content of an entry': onRecords((records, dice) => void records.splice(dice.roll(records.length), 1)),
  'give content to another entry': onRecords((records, dice) => void (dice.pick(records).index += 1 + dice.roll(9))),
  'change the size that is said': onMember(/^bundle\.json$/, (content) =>
    Buffer.from(content.toString().replace(/"size":(\d+)/, (_, size: string) => `"size":${Number(size) + 1}`)),
  ),
  'change the log that is said': onMember(/^bundle\.json$/, (content) =>
    Buffer.from(content.toString().replace('"log":"', '"log":"x')),
  ),
  'delete a checkpoint': onLines(/^checkpoints/, (lines) => lines.slice(0, -1)),
  'sign a checkpoint with another key': onLines(/^checkpoints/, (lines, dice) => {
    const at = dice.roll(lines.length);
    const { note } = JSON.parse(lines[at] as string) as { note: string };
    const {
      note: { text },
      origin,
    } = parseCheckpoint(note);
    return lines.toSpliced(at, 1, JSON.stringify({ note: signNote(text, origin, thief.privateKey) }));
  }),
  'delete a member': (members, dice) => members.toSpliced(dice.roll(members.length), 1),
  'repeat a member': (members, dice) => members.toSpliced(dice.roll(members.length), 0, dice.pick(members)),
  'swap members': (members, dice) => {
    const [a, b] = [dice.roll(members.length), dice.roll(members.length)];
    return members.map((one, i) => (i === a ? (members[b] as TarMember) : i === b ? (members[a] as TarMember) : one));
  },
  'insert a member': (members, dice) =>
    members.toSpliced(dice.roll(members.length + 1), 0, {
      name: `log/${dice.roll(999_999)}/x`,
      content: Buffer.from('x'),
    }),
};

/** Whether nothing was changed that proves anything. Keys that are not disclosed any more take nothing away from the rest. */
export function isSameEvidence(mutated: readonly TarMember[], members: readonly TarMember[]): boolean {
  const disclosed = mutated.some(({ name }) => name === 'keys.json');
  const evidence = (of: readonly TarMember[]) =>
    of
      .filter(({ name }) => !/^(README|manifest)/.test(name) && (disclosed || name !== 'keys.json'))
      .map(
        ({ name, content }) => `${name}\n${content.toString('latin1').replace(/"committed_at":"[\dT:.Z-]{24}"/g, '')}`,
      )
      .join('\n');
  return evidence(mutated) === evidence(members);
}
