// Loaded into a process before its program (`node --require`): counts what it asks of PostgreSQL, by the name or the first words of
// each statement, and writes that to the file `GATEHOUSE_COUNT_FILE` when the process ends, and after every SIGUSR2.
const { writeFileSync } = require('node:fs');
const { Client } = require('pg');

const counts = new Map();
const query = Reflect.get(Client.prototype, 'query');
Client.prototype.query = function counted(statement, ...rest) {
  const { name, text = '' } = typeof statement === 'string' ? { text: statement } : statement;
  const label = name ?? text.trim().replace(/\s+/g, ' ').slice(0, 70);
  counts.set(label, (counts.get(label) ?? 0) + 1);
  return Reflect.apply(query, this, [statement, ...rest]);
};
const write = () => writeFileSync(process.env.GATEHOUSE_COUNT_FILE, JSON.stringify(Object.fromEntries(counts)));
process.on('SIGUSR2', write);
process.on('exit', write);
