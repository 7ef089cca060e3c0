import { generateKeyPairSync } from 'node:crypto';
import { checkpointBody, parseCheckpoint, parseCheckpointBody } from './checkpoint';
import { cosign } from './cosignature';
import { sha256 } from './hashes';
import {
  formatNote,
  NoteError,
  noteSignature,
  parseNote,
  parseSignatureLine,
  signatureLine,
  signNote,
  verifyNote,
} from './note';
import { formatTlogProof, parseTlogProof } from './tlog-proof';
import { formatVkey, KEY_TYPE, parseVkey } from './vkey';

const EXAMPLE = {
  vkey: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  note: 'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
};
const log = generateKeyPairSync('ed25519');
const witness = generateKeyPairSync('ed25519');
const logKey = parseVkey(formatVkey('log.example/audit', KEY_TYPE.note, log.publicKey));
const witnessKey = parseVkey(formatVkey('w.example/1', KEY_TYPE.cosignature, witness.privateKey));
const body = checkpointBody({ origin: 'log.example/audit', size: 20852163, root: sha256('root') });

describe('signed notes', () => {
  it('are those of C2SP', () => {
    const [signed] = verifyNote(parseNote(EXAMPLE.note), [parseVkey(EXAMPLE.vkey)]);
    expect(signed?.key.name).toBe('example.com/foo');
    expect(() =>
      verifyNote(parseNote(EXAMPLE.note.replace('example m', 'Example m')), [parseVkey(EXAMPLE.vkey)]),
    ).toThrow('is not valid');
  });

  it('have no second signature by a known key that is not valid', () => {
    const good = noteSignature(body, logKey.name, log.privateKey);
    const bad = { ...good, signature: Buffer.from(good.signature.map((byte) => byte ^ 1)) };
    expect(verifyNote(parseNote(formatNote(body, [good, good])), [logKey])).toHaveLength(1);
    for (const signatures of [
      [good, bad],
      [bad, good],
    ])
      expect(() => verifyNote(parseNote(formatNote(body, signatures)), [logKey])).toThrow('is not valid');
  });

  it('carry the signatures of a log and of witnesses', () => {
    const note =
      signNote(body, logKey.name, log.privateKey) +
      signatureLine(cosign(body, witnessKey.name, witness.privateKey, 1_795_000_000));
    const signed = verifyNote(parseNote(note), [witnessKey, logKey]);
    expect(signed).toEqual([{ key: logKey }, { key: witnessKey, time: 1_795_000_000 }]);
    expect(formatNote(body, parseNote(note).signatures)).toBe(note);
  });

  it('do not count when the time of a cosignature was changed', () => {
    const signature = cosign(body, witnessKey.name, witness.privateKey, 1_795_000_000);
    (signature.signature as Buffer)[7]! ^= 1;
    expect(() => verifyNote(parseNote(formatNote(body, [signature])), [witnessKey])).toThrow('is not valid');
  });

  it('are not trusted for the signatures of strangers', () => {
    const stranger = generateKeyPairSync('ed25519');
    expect(() => verifyNote(parseNote(signNote(body, logKey.name, stranger.privateKey)), [logKey])).toThrow(
      'known key',
    );
  });

  it.each([
    ['no signature', 'text\n\n'],
    ['no empty line', 'text\n— a AAAAAAAA\n'],
    ['a control character', `te\txt\n\n— a ${'A'.repeat(8)}\n`],
    ['a line that is no signature', 'text\n\nhello\n'],
    ['no last newline', EXAMPLE.note.trimEnd()],
  ])('do not have %s', (_, text) => expect(() => parseNote(text)).toThrow(NoteError));

  it.each([
    EXAMPLE.vkey.replace('530d903a', '530d903b'),
    EXAMPLE.vkey.replace('example.com/foo', 'example.com/bar'),
    EXAMPLE.vkey.replace('+A', '+B'),
    EXAMPLE.vkey.slice(0, -4),
    'example.com/foo',
    '',
  ])('have no key %s', (vkey) => expect(() => parseVkey(vkey)).toThrow(/key/));

  it('have lines that can be read alone', () => {
    const line = signatureLine(cosign(body, 'w', witness.privateKey, 7)).trimEnd();
    expect(parseSignatureLine(line).name).toBe('w');
    expect(() => parseSignatureLine(`${line} more`)).toThrow(NoteError);
  });
});

describe('checkpoints', () => {
  it('are read as they are written', () => {
    expect(parseCheckpointBody(body)).toEqual({ origin: 'log.example/audit', size: 20852163, root: sha256('root') });
    expect(parseCheckpoint(signNote(body, 'log.example/audit', log.privateKey)).size).toBe(20852163);
  });

  it.each([
    body.replace('20852163', '020852163'),
    body.replace('20852163', '-1'),
    body.replace('20852163', '9007199254740993'),
    body.replace(/\n.+\n$/, '\nAAAA\n'),
    body.slice(0, -1),
    `${body}\n`,
    '\n1\n',
  ])('are not %j', (text) => expect(() => parseCheckpointBody(text)).toThrow(NoteError));

  it('may have extension lines', () => expect(parseCheckpointBody(`${body}more\n`).size).toBe(20852163));
});

describe('proofs in a file', () => {
  const checkpoint = signNote(body, 'log.example/audit', log.privateKey);
  it.each([[undefined], [Buffer.from('{"a":1}')]])('are read as they are written (extra: %s)', (extra) => {
    const hashes = [sha256('a'), sha256('b')];
    const text = formatTlogProof({ index: 7, hashes, checkpoint, extra });
    expect(parseTlogProof(text)).toEqual({
      index: 7,
      hashes,
      checkpoint: parseCheckpoint(checkpoint),
      ...(extra && { extra }),
    });
    expect(text).toContain('\nindex 7\n');
  });

  it('may be of the only entry', () => {
    expect(parseTlogProof(formatTlogProof({ index: 0, hashes: [], checkpoint })).hashes).toEqual([]);
  });

  it.each([
    'c2sp.org/tlog-proof@v2\nindex 0\n\n',
    'c2sp.org/tlog-proof@v1\nindex 01\n\n',
    'c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n',
    '',
  ])('are not %j', (head) => expect(() => parseTlogProof(`${head}${checkpoint}`)).toThrow(NoteError));
});
