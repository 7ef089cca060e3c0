import { deflateSync } from 'node:zlib';

/** An object of a PDF. */
const object = (id: number, text: string): string => `${id} 0 obj\n${text}\nendobj\n`;

/** A PDF with these objects, found by their offsets. */
function pdfWith(objects: readonly (string | Buffer)[], trailer = ''): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let at = parts[0]?.length ?? 0;
  for (const part of objects) {
    offsets.push(at);
    const bytes = Buffer.from(part);
    parts.push(bytes);
    at += bytes.length;
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const count = objects.length + 1;
  parts.push(
    Buffer.from(
      `xref\n0 ${count}\n0000000000 65535 f \n${table}trailer\n<< /Size ${count} /Root 1 0 R ${trailer} >>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

/** One page whose content becomes 200 MB when it is unpacked. */
export function pdfBomb(): Buffer {
  const packed = deflateSync(Buffer.alloc(200_000_000, '(x) Tj '));
  const head = `4 0 obj\n<< /Length ${packed.length} /Filter /FlateDecode >>\nstream\n`;
  return pdfWith([
    object(1, '<< /Type /Catalog /Pages 2 0 R >>'),
    object(2, '<< /Type /Pages /Kids [3 0 R] /Count 1 >>'),
    object(3, '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>'),
    Buffer.concat([Buffer.from(head), packed, Buffer.from('\nendstream\nendobj\n')]),
  ]);
}

/** A PDF whose words only a password opens. */
export function lockedPdf(): Buffer {
  const key = 'ab'.repeat(32);
  return pdfWith(
    [
      object(1, '<< /Type /Catalog /Pages 2 0 R >>'),
      object(2, '<< /Type /Pages /Kids [] /Count 0 >>'),
      object(3, `<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <${key}> /U <${key}> >>`),
    ],
    `/Encrypt 3 0 R /ID [<${'cd'.repeat(16)}> <${'cd'.repeat(16)}>]`,
  );
}
