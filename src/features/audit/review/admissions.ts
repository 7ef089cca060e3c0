import { decodeBase64, encodeBase64 } from '../format/base64';
import type { WriterAdmission } from '../format/bundle-layout';
import type { Header, PlainObject } from '../format/header';
import { writerId } from '../format/writer-certificate';

/** Who was admitted to write, as an entry tells it: a writer that introduces itself, or a seal that keeps those of a month that goes. */
export function admissionsIn({ event, log, metadata }: Header): WriterAdmission[] {
  if (event === 'writer.open') return admission(log, metadata) ?? [];
  if (event !== 'segment.seal' || !Array.isArray(metadata?.['writers'])) return [];
  return (metadata['writers'] as PlainObject[]).flatMap((kept) => admission(text(kept['origin']), kept) ?? []);
}

/** The same for the metadata of a seal. */
export function keptAdmission({ origin, key, certificate }: WriterAdmission): PlainObject {
  return { origin, writer_key: encodeBase64(key), certificate: encodeBase64(certificate) };
}

export const writerOf = ({ key }: WriterAdmission): string => writerId(key);

function admission(origin: string, facts: PlainObject | undefined): [WriterAdmission] | undefined {
  const [key, certificate] = [bytes(facts?.['writer_key']), bytes(facts?.['certificate'])];
  return key && certificate ? [{ origin, key, certificate }] : undefined;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const bytes = (value: unknown): Buffer | undefined => (value === undefined ? undefined : decodeBase64(text(value)));
