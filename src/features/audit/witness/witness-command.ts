import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { formatVkey, isKeyName, KEY_TYPE, parseVkey, type VerifierKey } from '../format/vkey';
import { Witness } from './witness';
import { openWitnessKey } from './witness-key';
import { WitnessState } from './witness-state';

export const USAGE = `usage: node witness.js --log <vkey> [options]

  --log <vkey>      the verifier key of a log to witness; may be repeated
  --name <name>     of this witness, like witness.example.com/w1 (the host's name when absent)
  --key <file>      its private key, made once (witness.key)
  --state <file>    what it signed last (witness.json); keep it as you keep the key
  --host, --port    where it listens (127.0.0.1, 8090)
`;

export interface WitnessCommand {
  readonly witness: Witness;
  readonly vkey: string;
  readonly host: string;
  readonly port: number;
}

/** Undefined when help is asked for. @throws when it cannot begin */
export function openWitness(args: readonly string[]): WitnessCommand | undefined {
  const text = (fallback: string) => ({ type: 'string', default: fallback }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      log: { type: 'string', multiple: true, default: [] },
      name: text(`${hostname()}/witness`),
      key: text('witness.key'),
      state: text('witness.json'),
      host: text('127.0.0.1'),
      port: text('8090'),
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const { name, port } = values;
  if (!values.log.length) throw new Error('--log is missing: a witness knows its logs');
  if (!isKeyName(name)) throw new Error('--name has no spaces and no +');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error('--port is a number up to 65535');
  const logs = values.log.map(logKey);
  for (const file of [values.key, values.state]) mkdirSync(dirname(file), { recursive: true });
  const privateKey = openWitnessKey(values.key);
  const witness = new Witness({ name, privateKey, logs, state: new WitnessState(values.state) });
  return { witness, vkey: formatVkey(name, KEY_TYPE.cosignature, privateKey), host: values.host, port: Number(port) };
}

function logKey(vkey: string): VerifierKey {
  const key = parseVkey(vkey);
  if (key.type !== KEY_TYPE.note) throw new Error(`${vkey} is the key of a witness, not of a log`);
  return key;
}
