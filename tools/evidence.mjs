// Everything an auditor asks for about a period, as one file, from a running gateway:
//   npm run evidence -- --from 2026-11-01 --to 2026-12-01 [--out evidence.tar] [--tenant ID]
//   npm run evidence -- --verify evidence.tar --vkey "<key of the log>" [--checkpoint earlier] [--witness-vkey KEY]
// GATEHOUSE_URL and GATEHOUSE_KEY say where and who: an API key with the role auditor; with operator beside it, reports of incidents too.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Gateway } from './evidence/gateway.mjs';
import { makePack } from './evidence/make.mjs';
import { verifyPack } from './evidence/verify.mjs';

const USAGE = `usage: npm run evidence -- --from <day or time> --to <day or time> [options]
       npm run evidence -- --verify <pack> --vkey <key of the log> [options]

  --out <file>           where the pack is written (evidence.tar); it must not be there yet
  --tenant <id>          of one tenant only
  --url <url>            of the gateway (GATEHOUSE_URL, http://127.0.0.1:3000)
  GATEHOUSE_KEY          an API key with the role auditor

  --verify <pack>        checks the files, the chain, and the entries against the chain
  --vkey <vkey>          a key that you trust to speak for the log; may be repeated
  --witness-vkey <vkey>  a witness that you trust; may be repeated
  --checkpoint <file>    a checkpoint that you kept; may be repeated

ends with 0 when it is made, or verified; 1 when not; 2 when called wrongly
`;

class Misuse extends Error {}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
function momentOf(name, text) {
  if (text === undefined) throw new Misuse(`--${name} is missing`);
  const at = new Date(DAY.test(text) ? `${text}T00:00:00Z` : text);
  if (!/^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:\d{2}))?$/.test(text) || Number.isNaN(at.getTime()))
    throw new Misuse(`--${name} must be a day such as 2026-11-01, or a time such as 2026-11-01T12:00:00Z`);
  return at.toISOString();
}

const say = (line) => process.stderr.write(`${line}\n`);

async function make({ from, to, out, tenant, url }) {
  const asked = { from: momentOf('from', from), to: momentOf('to', to), tenant, url };
  if (asked.from >= asked.to) throw new Misuse('--from must be before --to');
  const key = process.env.GATEHOUSE_KEY;
  if (!key) throw new Misuse('GATEHOUSE_KEY is not set: an API key with the role auditor');
  const file = resolve(out);
  if (existsSync(file)) throw new Misuse(`${file} is there already`);
  const { files, bytes, sha256, notes } = await makePack(new Gateway(url, key), file, asked, say);
  for (const note of notes) say(`missing: ${note}`);
  process.stdout.write(`${file}: ${files} files, ${bytes} bytes, sha256 ${sha256}\n`);
  return 0;
}

async function verify({ verify: pack, vkey = [], 'witness-vkey': witnesses = [], checkpoint = [] }) {
  if (!vkey.length) throw new Misuse('--vkey is missing: the key of the log, as you were given it');
  if (!existsSync(pack)) throw new Misuse(`${pack} is not there`);
  const trust = [
    ...vkey.flatMap((one) => ['--vkey', one]),
    ...witnesses.flatMap((one) => ['--witness-vkey', one]),
    ...checkpoint.flatMap((one) => ['--checkpoint', resolve(one)]),
  ];
  const problems = await verifyPack(resolve(pack), trust, say);
  for (const problem of problems) say(`problem: ${problem}`);
  process.stdout.write(problems.length ? 'the pack is not as it should be\n' : 'the pack is verified\n');
  return problems.length ? 1 : 0;
}

async function main() {
  const several = { type: 'string', multiple: true };
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      out: { type: 'string', default: 'evidence.tar' },
      tenant: { type: 'string' },
      url: { type: 'string', default: process.env.GATEHOUSE_URL || 'http://127.0.0.1:3000' },
      verify: { type: 'string' },
      vkey: several,
      'witness-vkey': several,
      checkpoint: several,
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return process.stdout.write(USAGE) && 0;
  return values.verify === undefined ? make(values) : verify(values);
}

main().then(
  (code) => process.exit(code),
  (error) => {
    const misused = error instanceof Misuse || error.code?.startsWith('ERR_PARSE_ARGS');
    say(misused ? `${error.message}\n\n${USAGE}` : `no pack: ${error.message}`);
    process.exit(misused ? 2 : 1);
  },
);
