// A process of its own: the doubles, which nobody kills. It ends when the drill is gone.
import { openSync } from 'node:fs';
import { Double } from './double.mjs';
import { MODELS } from './tokens.mjs';

const [seed, file] = process.argv.slice(2);
const journal = openSync(file, 'a');
const doubles = Object.keys(MODELS).map((name) => new Double({ name, seed, journal }));
const ports = {};
for (const double of doubles) ports[double.options.name] = await double.listen();

process.on('message', ({ id }) => process.send({ id, open: doubles.reduce((sum, { open }) => sum + open, 0) }));
process.on('disconnect', () => process.exit());
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {}); // the drill says when
process.send({ ports });
