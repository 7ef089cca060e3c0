import type { TarMember } from '../../src/features/audit/format/tar';
import { certify } from '../../src/features/audit/format/writer-certificate';
import { bundleOf, eventfulLog, selectionOf, usualLog } from './audit-corpus';
import { membersOf, tarOf, withManifest } from './audit-mutations';

/** A bundle, and what an auditor brings. */
export interface Example {
  readonly bundle: Buffer;
  readonly vkey: string;
  /** A checkpoint that was kept. */
  readonly outside?: string;
}

/** Sound bundles, and some that are not. */
export async function examples(): Promise<Record<string, Example>> {
  const usual = usualLog(8);
  const eventful = eventfulLog();
  const at = usual.batches.find(({ entries }) => entries[0]?.header?.includes('"tenant":"t_1"'))?.first as number;
  const whole = await bundleOf(usual, {
    checkpoints: [usual.checkpoint(9), usual.checkpoint()],
    keys: usual.keysOf([at, at + 1], 't_1'),
  });
  const writers = [...usual.writers.values()].map(({ raw: key }) => ({
    origin: usual.origin,
    key,
    certificate: certify(usual.origin, key, usual.log.privateKey),
  }));
  const shorter = usualLog(8);
  for (const batch of shorter.batches.splice(-3)) shorter.leaves.length -= batch.entries.length;
  const changed = (pattern: RegExp, edit: (content: Buffer) => Buffer) => async () => {
    const members = (await membersOf(whole)).map((one): TarMember =>
      pattern.test(one.name) ? { ...one, content: edit(one.content) } : one,
    );
    return tarOf(withManifest(members, usual.origin));
  };
  const header = changed(/headers/, (content) =>
    Buffer.from(content.toString().replace('"tenant":"t_1"', '"tenant":"t_9"')),
  );
  const content = changed(/payloads/, (bytes) => Buffer.from(bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte))));
  const runs = await selectionOf(eventful, (index) => index < 3 || index > 6);
  const chosen = await selectionOf(usual, (index) => index % 5 === 2, [9]);
  return {
    'whole.tar': { bundle: whole, vkey: usual.vkey, outside: usual.checkpoint(12) },
    'eventful.tar': { bundle: await bundleOf(eventful, { runs }), vkey: eventful.vkey },
    'selection.tar': {
      bundle: await bundleOf(usual, { runs: chosen, writers, about: { entries: 'some' } }),
      vkey: usual.vkey,
      outside: usual.checkpoint(9),
    },
    'header-changed.tar': { bundle: await header(), vkey: usual.vkey },
    'content-changed.tar': { bundle: await content(), vkey: usual.vkey },
    'end-cut-off.tar': { bundle: await bundleOf(shorter), vkey: usual.vkey, outside: usual.checkpoint() },
  };
}
