import { formatOrigin, parseOrigin } from '../../format/epoch';
import type { LogHashes } from '../checkpoint/log-hashes';
import type { LogReader } from '../checkpoint/log-reader.store';
import { verifyStored } from '../checkpoint/signed-checkpoint';
import type { LogSigner } from '../signing/log-signer';
import type { Head, HighWater } from './high-water';

/** The database is not the one that this data folder knows. */
export class LogRegressedError extends Error {}

export interface StartCheckParts {
  readonly signer: LogSigner;
  readonly epoch: number;
  readonly reader: LogReader;
  readonly hashes: LogHashes;
  readonly highWater: HighWater;
  /** What else is known of the log: what was signed here, what others saw. */
  readonly others: readonly Head[];
}

const ADVICE =
  'Bring back a newer copy of the database. When there is none, open a new epoch, which says in the log what was lost:\n' +
  '  npm run audit:epoch -- --reason "…"';

/**
 * Nothing is appended to a log that lost entries, or has others than it had.
 * @throws LogRegressedError that says what to do
 */
export async function checkStart({ signer, epoch, reader, hashes, highWater, others }: StartCheckParts): Promise<void> {
  const kept = highWater.load();
  const size = await reader.size();
  for (const mark of [...(kept ? [kept] : []), ...others]) {
    const seen = parseOrigin(mark.origin);
    if (seen.name !== parseOrigin(signer.origin).name)
      throw new LogRegressedError(
        `${highWater.path} is about the log ${seen.name}, and the database holds ${signer.origin}: DATABASE_URL or GATEHOUSE_DATA_DIR names the wrong one.`,
      );
    if (seen.epoch > epoch)
      throw new LogRegressedError(
        `The log is in epoch ${epoch}, but epoch ${seen.epoch} has been seen: the database is an old copy. ${ADVICE}`,
      );
    if (seen.epoch === epoch) await checkMark(mark, size, hashes);
  }
  if (kept && parseOrigin(kept.origin).epoch < epoch) await accept(epoch, signer, reader, highWater);
}

/** @param size how many entries the database holds @throws LogRegressedError when it does not begin with what was seen */
export async function checkMark(mark: Head, size: number, hashes: LogHashes): Promise<void> {
  if (size < mark.size)
    throw new LogRegressedError(
      `The log had ${mark.size} entries, and the database holds ${size}: it is an old copy. ${ADVICE}`,
    );
  const root = await hashes.rootAt(mark.size);
  if (!root.equals(mark.root))
    throw new LogRegressedError(
      `The first ${mark.size} entries of the log are not those that were seen before: ${root.toString('base64')} is their root, not ${mark.root.toString('base64')}. Somebody changed the database; find out who. ${ADVICE}`,
    );
}

/** An operator has opened a new epoch, which the log's own key vouches for. */
async function accept(epoch: number, signer: LogSigner, reader: LogReader, highWater: HighWater): Promise<void> {
  const first = await reader.newestCheckpoint(epoch);
  if (!first)
    throw new LogRegressedError(
      `The log is in epoch ${epoch}, which was not opened properly: nothing is signed as ${formatOrigin({ ...parseOrigin(signer.origin), epoch })}. ${ADVICE}`,
    );
  await highWater.reset(verifyStored(first, signer.origin, signer.vkeys));
}
