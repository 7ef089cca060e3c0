import type { KeyObject } from 'node:crypto';
import { parseAddCheckpoint, type AddCheckpoint } from '../format/add-checkpoint';
import { cosign } from '../format/cosignature';
import { EMPTY_ROOT } from '../format/hashes';
import { formatNote, NoteError, signatureLine, verifyNote } from '../format/note';
import { verifyConsistency } from '../format/proofs';
import type { VerifierKey } from '../format/vkey';
import type { WitnessState } from './witness-state';

export interface Answer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly body: string;
  readonly type?: string;
}

export interface WitnessParts {
  readonly name: string;
  readonly privateKey: KeyObject;
  /** Of the logs that are witnessed: a log's name is its origin. */
  readonly logs: readonly VerifierKey[];
  readonly state: WitnessState;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

/** C2SP tlog-witness: signs a head only when the tree it signed before is the beginning of it. */
export class Witness {
  constructor(private readonly parts: WitnessParts) {}

  /** Synchronous from the check to the store: no other request comes in between. */
  addCheckpoint(body: string): Answer {
    let asked: AddCheckpoint;
    try {
      asked = parseAddCheckpoint(body);
    } catch (error) {
      if (!(error instanceof NoteError)) throw error;
      return { status: 400, body: `${error.message}\n` };
    }
    return this.refusal(asked) ?? this.sign(asked);
  }

  /** The last head that was signed of the log whose origin has that SHA-256; undefined when there is none. */
  latest(originHash: string): string | undefined {
    return this.parts.state.byHash(originHash)?.note;
  }

  private refusal({ old, proof, checkpoint }: AddCheckpoint): Answer | undefined {
    const { logs, state } = this.parts;
    const { origin, size, root, note } = checkpoint;
    const keys = logs.filter(({ name }) => name === origin);
    if (!keys.length) return { status: 404, body: 'this log is not known here\n' };
    try {
      verifyNote(note, keys);
    } catch (error) {
      return { status: 403, body: `${(error as Error).message}\n` };
    }
    if (old > size) return { status: 400, body: 'the old size is larger than the new one\n' };
    const known = state.get(origin);
    if (old !== (known?.size ?? 0)) return { status: 409, body: `${known?.size ?? 0}\n`, type: 'text/x.tlog.size' };
    const before = known?.root ?? EMPTY_ROOT;
    if (!verifyConsistency(old, size, before, root, proof))
      return { status: 422, body: 'the new tree does not begin with the old one\n' };
    return undefined;
  }

  private sign({ checkpoint: { origin, size, root, note } }: AddCheckpoint): Answer {
    const { name, privateKey, state, logs, clock = Date.now } = this.parts;
    const signature = cosign(note.text, name, privateKey, Math.floor(clock() / 1_000));
    const keys = logs.filter((key) => key.name === origin);
    const own = note.signatures.filter((one) => keys.some(({ id }) => id === one.id && one.name === origin));
    state.put({ origin, size, root, note: formatNote(note.text, [...own, signature]) });
    return { status: 200, body: signatureLine(signature) };
  }
}
