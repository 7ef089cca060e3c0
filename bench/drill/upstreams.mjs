// A process of its own: the three doubles that the gateway knows, and a healthy one that nobody disturbs, as a measure.
// It is told what to break over the channel to the drill, and ends when the drill is gone.
import { createServer } from 'node:net';
import { once } from 'node:events';
import { MODELS, PRIMARY } from './answers.mjs';
import { Double } from './double.mjs';

/** Below those that outgoing connections get: a port must still be free after it was closed for a while. */
const PORTS = { first: 20_000, count: 10_000 };

async function freePort() {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ]).catch(() => false);
    server.close();
    if (free) return port;
  }
}

const [seed] = process.argv.slice(2);
const doubles = Object.entries({ ...MODELS, healthy: 'healthy' }).map(
  ([name, model]) => new Double({ name, model, seed, faulty: name === PRIMARY }),
);
const ports = {};
for (const double of doubles) await double.listen((ports[double.options.name] = await freePort()));
const primary = doubles.find(({ options }) => options.name === PRIMARY);

const ORDERS = {
  revoke: (key) => primary.revoke(key),
  refuse: () => primary.refuse(),
  accept: () => primary.listen(ports[PRIMARY]),
  unavailable: (value) => void (primary.unavailable = value),
  /** What was asked so far, and what is still under way. */
  journal: () => ({
    exchanges: doubles.flatMap(({ journal }) => journal),
    open: doubles.reduce((sum, { open }) => sum + open, 0),
  }),
};

async function obey({ id, order, value }) {
  process.send({ id, answer: await ORDERS[order](value) });
}

process.on('message', (message) => void obey(message));
process.on('disconnect', () => process.exit());
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {}); // the drill says when
process.send({ ports });
