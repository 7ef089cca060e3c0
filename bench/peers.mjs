// What is compared. Each peer starts on a free port and calls the upstream; `direct` is the upstream itself.
import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { launchGatehouse, ROOT } from './gatehouse.mjs';
import { portkey, WORK } from './prepare.mjs';
import { launchSimple } from './server.mjs';

export const RELAXED = 'gatehouse-relaxed';

const script = (name) => () => [process.execPath, join(import.meta.dirname, 'peers', `${name}.mjs`)];

async function launchPortkey(upstream) {
  const server = portkey();
  if (!server) throw new Error('skipped: npm cannot install it now');
  const command = (port) => [process.execPath, server, `--port=${port}`, '--headless'];
  const headers = [
    'x-portkey-provider: openai',
    `x-portkey-custom-host: http://127.0.0.1:${upstream.port}/v1`,
    'authorization: Bearer sk-upstream',
  ];
  return { ...(await launchSimple({ name: 'portkey', command, upstream: upstream.port })), headers };
}

/** Its records follow the answers instead of preceding them: what `strict` costs is what lies between this one and Gatehouse as shipped. */
function launchRelaxed({ port }) {
  const folder = join(WORK, 'relaxed');
  cpSync(join(ROOT, 'config'), folder, { recursive: true });
  const settings = join(folder, 'gatehouse.yaml');
  appendFileSync(settings, '\naudit: { mode: relaxed }\n');
  return launchGatehouse({ upstream: port, env: { GATEHOUSE_CONFIG: settings } });
}

/**
 * @typedef {object} Running
 * @property {number} port
 * @property {number[]} gateway the process that is measured
 * @property {number[]} storage the database beside it, if any
 * @property {string[]} [headers] that every call needs
 * @property {string[]} [whenNew] that calls need beside them which are to reach the upstream
 * @property {string[]} [whenSame] and those which may be answered from a cache
 * @property {number} [startMs]
 * @property {() => Promise<void>} stop
 */

/** @type {{name: string, about: string, onRequest?: boolean, launch: (upstream: {port: number, pid: number}) => Promise<Running>}[]} */
export const PEERS = [
  {
    name: 'direct',
    about: 'the upstream itself, no gateway',
    launch: async ({ port, pid }) => ({ port, gateway: [pid], storage: [], stop: async () => {} }),
  },
  {
    name: 'node-undici',
    about: 'node:http and an undici Pool, bytes passed through',
    launch: ({ port }) => launchSimple({ name: 'node-undici', command: script('node-undici'), upstream: port }),
  },
  {
    name: 'nest-bare',
    about: 'NestJS on Fastify and an undici Pool: one controller, nothing else',
    launch: ({ port }) => launchSimple({ name: 'nest-bare', command: script('nest-bare'), upstream: port }),
  },
  {
    name: 'nest-hello',
    about: 'NestJS on Fastify: the same words for everybody, beside which answers from the cache are held',
    launch: ({ port }) => launchSimple({ name: 'nest-hello', command: script('nest-hello'), upstream: port }),
  },
  {
    name: 'gatehouse',
    about: 'Gatehouse as shipped, records durable in PostgreSQL before the answer ends',
    launch: ({ port }) => launchGatehouse({ upstream: port }),
  },
  {
    name: RELAXED,
    about: 'the same with `audit.mode: relaxed`',
    onRequest: true,
    launch: launchRelaxed,
  },
  {
    name: 'portkey',
    about: '@portkey-ai/gateway 1.15.2: no keys, no limits, no records',
    launch: launchPortkey,
  },
];
