import { generateKeyPairSync } from 'node:crypto';
import { parseRotation, rotationFacts } from './key-rotation';
import { formatVkey, KEY_TYPE } from './vkey';

const LOG = 'gatehouse.example.com/audit';
const signer = (name: string, type: (typeof KEY_TYPE)[keyof typeof KEY_TYPE] = KEY_TYPE.note) => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { vkey: formatVkey(name, type, privateKey), privateKey };
};
const rotated = (before: ReturnType<typeof signer>, after: ReturnType<typeof signer>) =>
  parseRotation(LOG, rotationFacts(LOG, before, after));

it('takes two keys of the log, of whichever epoch', () => {
  for (const name of [LOG, `${LOG}#2`]) expect(rotated(signer(LOG), signer(name))).toBeDefined();
});

it('takes no key of another log, and none that signs for a witness, although both signed', () => {
  expect(rotated(signer(LOG), signer('elsewhere.example.com/audit'))).toBeUndefined();
  expect(rotated(signer('elsewhere.example.com/audit'), signer(LOG))).toBeUndefined();
  expect(rotated(signer(LOG), signer(LOG, KEY_TYPE.cosignature))).toBeUndefined();
});
