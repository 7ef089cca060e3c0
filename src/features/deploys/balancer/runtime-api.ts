import { connect } from 'node:net';

const DEADLINE_MS = 3_000;
const MOST_BYTES = 1_048_576;

/**
 * One command for HAProxy's runtime API.
 * @param address the path of a socket, or host:port
 * @returns what it says, without the empty lines around it
 * @throws when it does not answer in time
 */
export function askHaproxy(address: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(placeOf(address));
    let said = '';
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`HAProxy at ${address} ${why}`));
    };
    const timer = setTimeout(() => fail('does not answer'), DEADLINE_MS);
    socket.setEncoding('utf8').on('connect', () => socket.write(`${command}\n`));
    socket.on('data', (text: string) => {
      said += text;
      if (said.length > MOST_BYTES) fail('says too much');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => fail(`cannot be reached: ${error.code ?? 'refused'}`));
    socket.on('end', () => resolve(said.trim()));
    socket.on('close', () => clearTimeout(timer));
  });
}

function placeOf(address: string): { path: string } | { host: string; port: number } {
  if (address.startsWith('/')) return { path: address };
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
}
