// `npm run bench:inspection [-- --calls 5000 --rounds 15 --characters 2000 --new --dist folder]`: CPU per call of reading a chat call
// whose texts were read before, or with `--new` never. `--dist` takes another build, to compare with.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from './report.mjs';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '15' },
    characters: { type: 'string', default: '2000' },
    new: { type: 'boolean', default: false },
    dist: { type: 'string', default: resolve(import.meta.dirname, '..', 'dist') },
  },
});
const require = createRequire(join(resolve(values.dist), 'main.js'));
const sanitization = (name) => require(`./features/sanitization/${name}.js`);
const { CODECS } = require('./dialects/codecs.js');
const { Guards } = require('./platform/config/guards.js');
const { KeyedHash } = require('./platform/secrets/keyed-hash.js');
const { Sanitizer } = sanitization('sanitizer');
const { InjectionGuard } = sanitization('injection-guard');

const decode = ({ body }) => CODECS['openai-chat'].decodeRequest(body);
const sanitizer = new Sanitizer({
  policies: new (sanitization('policy/guard-policies').GuardPolicies)(Guards.parse({})),
  search: new (sanitization('inspect/text-search').TextSearch)(new (sanitization('scan').Scanner)(), undefined),
  injection: new InjectionGuard(new (sanitization('injection/index').InjectionRules)()),
  hash: new KeyedHash(Buffer.alloc(32, 1)),
  decode,
  placeOf: () => 'external',
});

const WORDS =
  'the customer wrote that an order of last week has not arrived yet and asks when it will be sent again'.split(' ');
const text = Array.from({ length: Number(values.characters) }, (_, i) => WORDS[(i * 7 + (i >> 3)) % WORDS.length])
  .join(' ')
  .slice(0, Number(values.characters));
/** A number that no detector looks at. */
const letters = (value) => String(value).replaceAll(/\d/g, (digit) => 'abcdefghij'[digit]);
const sent = JSON.stringify({
  model: 'm',
  messages: [
    { role: 'system', content: 'You are a friendly assistant.' },
    { role: 'user', content: text },
  ],
});
let number = 0;
/** Strings of its own, as each call has them. */
function call() {
  const body = JSON.parse(values.new ? sent.replaceAll('the customer', `the customer ${letters(number++)}`) : sent);
  return {
    caller: { tenantId: 't', tenantName: 'tenant', keyId: 'k' },
    request: { stream: false },
    wire: { dialect: 'openai-chat', body, headers: {} },
    signal: new AbortController().signal,
  };
}

const calls = Number(values.calls);
async function perCall(work) {
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

const bare = () => call();
const inspected = () => sanitizer.inspect(call());
await perCall(bare);
await perCall(inspected);
const rows = [];
for (let round = 0; round < Number(values.rounds); round++)
  rows.push((await perCall(inspected)) - (await perCall(bare)));
const [least, middle] = [Math.min(...rows), median(rows)];
console.log(
  `${values.characters} characters: ${middle.toFixed(1)} µs of CPU per call (median of ${rows.length} rounds of ${calls} calls; least ${least.toFixed(1)})`,
);
