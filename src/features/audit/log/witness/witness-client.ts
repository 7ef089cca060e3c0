import { createHash } from 'node:crypto';
import { request } from 'undici';
import { encodeBase64 } from '../../format/base64';
import { parseSize } from '../../format/checkpoint';
import { NoteError, parseNote, parseSignatureLine, verifyNote } from '../../format/note';
import { parseVkey, type VerifierKey } from '../../format/vkey';

const ANSWER_BYTES = 65_536;

export interface WitnessSettings {
  readonly url: string;
  readonly vkey: string;
}

/** The witness answered, and does not sign: it may have seen another log than the one that there is now. */
export class WitnessRefusedError extends Error {}

/** The proof that the tree of `old` entries is the beginning of the one that is submitted. */
export type ProveFrom = (old: number) => Promise<readonly Buffer[]>;

/** C2SP tlog-witness: asks somebody else to remember each tree head, and to sign that it goes on from the one before. */
export class WitnessClient {
  readonly key: VerifierKey;
  private known = 0;

  constructor(
    private readonly settings: WitnessSettings,
    private readonly deadlineMs: number,
  ) {
    this.key = parseVkey(settings.vkey);
  }

  get name(): string {
    return this.key.name;
  }

  /**
   * @param note the checkpoint, signed by the log
   * @returns the line that the witness adds to it, with its newline
   * @throws when the witness does not answer in time, or refuses
   */
  async cosign(size: number, note: string, prove: ProveFrom): Promise<string> {
    const signal = AbortSignal.timeout(this.deadlineMs);
    let old = Math.min(this.known, size);
    for (let attempt = 0; attempt < 3; attempt++) {
      const { status, text } = await this.submit(old, size, note, prove, signal);
      if (status === 200) {
        this.known = size;
        return this.verified(note, text);
      }
      const theirs = status === 409 ? parseSize(text.trim()) : undefined;
      if (theirs === undefined) throw new WitnessRefusedError(`the witness ${this.name} answered ${status}`);
      if (theirs > size)
        throw new WitnessRefusedError(
          `the witness ${this.name} has seen a tree of ${theirs} entries, this one has ${size}`,
        );
      this.known = old = theirs;
    }
    throw new WitnessRefusedError(`the witness ${this.name} does not say which tree it has seen`);
  }

  /**
   * The checkpoint that it signed last, where it shows that; anybody could have made it up.
   * @param origin of the log
   * @throws when the witness does not answer in time, or shows none
   */
  async last(origin: string): Promise<string> {
    const name = createHash('sha256').update(origin).digest('hex');
    const { statusCode, body } = await request(`${this.base}/${name}/checkpoint`, {
      signal: AbortSignal.timeout(this.deadlineMs),
    });
    const note = await readBounded(body);
    if (statusCode !== 200) throw new Error(`the witness ${this.name} answered ${statusCode}`);
    return note;
  }

  private get base(): string {
    return this.settings.url.replace(/\/+$/, '');
  }

  private async submit(old: number, size: number, note: string, prove: ProveFrom, signal: AbortSignal) {
    const proof = old === 0 || old === size ? [] : await prove(old);
    const lines = [`old ${old}`, ...proof.map(encodeBase64), ''];
    const { statusCode, body } = await request(`${this.base}/add-checkpoint`, {
      method: 'POST',
      body: `${lines.join('\n')}\n${note}`,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      signal,
    });
    return { status: statusCode, text: await readBounded(body) };
  }

  /** The one line that is this witness's. */
  private verified(note: string, answer: string): string {
    const { text } = parseNote(note);
    for (const line of answer.split('\n').filter(Boolean))
      try {
        verifyNote({ text, signatures: [parseSignatureLine(line)] }, [this.key]);
        return `${line}\n`;
      } catch (error) {
        if (!(error instanceof NoteError)) throw error;
      }
    throw new Error(`the witness ${this.name} did not sign with its key`);
  }
}

async function readBounded(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > ANSWER_BYTES) throw new Error('the answer is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
