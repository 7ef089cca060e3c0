import { hash } from 'node:crypto';
import { MANIFEST_FORMAT } from './bundle-layout';
import { canonicalise, parseCanonical } from './canonical';
import type { PlainObject } from './header';

export interface ManifestMember {
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export function manifestMember(name: string, content: Buffer): ManifestMember {
  return { name, bytes: content.length, sha256: hash('sha256', content, 'hex') };
}

export function formatManifest(members: readonly ManifestMember[]): string {
  return canonicalise({ format: MANIFEST_FORMAT, members: members.map((member) => ({ ...member })) });
}

/** @throws when it is not a manifest */
export function parseManifest(text: string): readonly ManifestMember[] {
  const { format, members, ...more } = parseCanonical(text) as PlainObject;
  if (format !== MANIFEST_FORMAT || !Array.isArray(members) || Object.keys(more).length)
    throw new Error('not a manifest');
  return members as ManifestMember[];
}

/** What the log's key signs, as a note. @param log origin */
export function manifestText(log: string, manifest: string): string {
  return `${MANIFEST_FORMAT}\n${log}\n${hash('sha256', manifest, 'hex')}\n`;
}
