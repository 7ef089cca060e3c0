import { uuidv7 } from '../contract/ids';
import { FILE_PREFIX, publicId } from '../contract/public-ids';
import type { StoredFile } from '../features/files';
import { UploadedDocuments } from './uploaded-documents';

const TENANT = uuidv7();
const ID = uuidv7();
const LIMIT = 40;

function uploaded(name: string, content: string) {
  const bytes = Buffer.from(content);
  const file = { id: ID, tenantId: TENANT, name, bytes: bytes.length } as StoredFile;
  return new UploadedDocuments(
    {
      find: (tenant, id) => Promise.resolve(tenant === TENANT && id === ID ? file : undefined),
      content: async function* () {
        yield bytes.subarray(0, 3);
        yield await Promise.resolve(bytes.subarray(3));
      },
    },
    LIMIT,
  );
}
const read = (name: string, content: string, { tenant = TENANT, id = publicId(FILE_PREFIX, ID) } = {}) =>
  uploaded(name, content).read(tenant, id);

describe('an uploaded document', () => {
  it('is read whole, as what its name says', async () => {
    expect(await read('lease.md', '# Lease')).toMatchObject({ format: 'markdown', name: 'lease.md' });
    expect(Buffer.from((await read('a.TXT', 'Größe')).bytes).toString()).toBe('Größe');
  });

  it.each([
    ['of somebody else', read('a.md', 'x', { tenant: uuidv7() }), 'invalid_request'],
    ['that is no file', read('a.md', 'x', { id: 'file-1' }), 'invalid_request'],
    ['of an unknown kind', read('a.xlsx', 'x'), 'invalid_request'],
    ['that is not what its name says', read('a.pdf', 'no PDF'), 'invalid_request'],
    ['that is empty', read('a.md', ''), 'invalid_request'],
    ['that is too large', read('a.md', 'x'.repeat(LIMIT + 1)), 'prompt_too_large'],
  ])('is refused when it is one %s, by its field', async (_, reading, code) => {
    await expect(reading).rejects.toMatchObject({ code, facts: { param: 'input.file' } });
  });
});
