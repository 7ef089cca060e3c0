// Collects a pack from a running gateway.
import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256, summaryOf } from './files.mjs';
import { indexPage } from './index-page.mjs';
import { SECTIONS } from './sections.mjs';
import { writeTar } from './tar.mjs';

/** @param {{from: string, to: string, tenant?: string, url: string}} asked @param {(line: string) => void} say */
export async function makePack(gateway, out, asked, say) {
  const { from, to, tenant, url } = asked;
  const folder = mkdtempSync(join(dirname(out), '.evidence-'));
  const names = [];
  const path = (name) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    names.push(name);
    return join(folder, name);
  };
  const write = (name, text) => writeFileSync(path(name), text);
  const notes = [];
  try {
    const sections = [];
    for (const { name, title, says, events } of SECTIONS) {
      const file = path(`${name}.ndjson`);
      for (const [i, event] of events.entries()) {
        const part = join(folder, 'part');
        await gateway.export(part, { format: 'ndjson', from, to, filters: { event, ...(tenant && { tenant }) } });
        // of all but the first export the line about it is left out
        const start = i ? lengthOfFirstLine(part) : 0;
        await pipeline(createReadStream(part, { start }), createWriteStream(file, { flags: 'a', mode: 0o600 }));
        rmSync(part);
      }
      const summary = await summaryOf(file);
      const all = [...summary.counts.values()].reduce((sum, n) => sum + n, 0);
      say(`${name}: ${all} entries`);
      sections.push({ name, title, says, ...summary });
    }
    const incidents = await reports(gateway, asked, write, notes);
    say(`incidents: ${incidents.length} reports`);
    const verifications = await verificationsOf(gateway, asked, notes);
    write('verifications.json', `${JSON.stringify(verifications, undefined, 2)}\n`);
    say(`verifications: ${verifications.length}`);
    const checkpoint = await checkpointAfter(gateway, Math.max(...sections.map(({ last }) => last)));
    write('chain/checkpoint', checkpoint);
    write('chain/vkey', await gateway.text('/v1/audit/vkey'));
    await gateway.export(path('chain/bundle.tar'), {
      format: 'bundle',
      from,
      to,
      ...(tenant && { filters: { tenant } }),
    });
    say(`chain proof: ${statSync(join(folder, 'chain/bundle.tar')).size} bytes`);
    const madeAt = new Date().toISOString();
    write(
      'index.md',
      indexPage({ from, to, tenant, madeAt, url, sections, incidents, verifications, notes, checkpoint }),
    );
    const files = {};
    for (const name of names)
      files[name] = { bytes: statSync(join(folder, name)).size, sha256: await sha256(join(folder, name)) };
    write(
      'manifest.json',
      `${JSON.stringify({ made_at: madeAt, period: { from, to }, tenant: tenant ?? null, files }, undefined, 2)}\n`,
    );
    const whole = join(folder, 'pack');
    await writeTar(whole, folder, [
      'index.md',
      'manifest.json',
      ...names.filter((name) => !/^(index\.md|manifest\.json)$/.test(name)),
    ]);
    renameSync(whole, out);
    return { files: names.length, bytes: statSync(out).size, sha256: await sha256(out), notes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of incidents that were open at any time of the period. They need the role of an operator, and a key of the root tenant. */
async function reports(gateway, { from, to, tenant }, write, notes) {
  if (tenant) {
    notes.push('Reports of incidents: they concern every tenant, and are in packs of all tenants only.');
    return [];
  }
  try {
    const began = Date.parse(from);
    const all = await gateway.list(`/v1/incidents?to=${encodeURIComponent(to)}`);
    const theirs = all.filter(({ resolved_at: end }) => end === null || Date.parse(end) >= began);
    for (const { id } of theirs) {
      write(`incidents/${id}.md`, await gateway.text(`/v1/incidents/${id}/report`));
      write(`incidents/${id}.json`, await gateway.text(`/v1/incidents/${id}/report?format=json`));
    }
    return theirs;
  } catch (error) {
    if (error.status !== 403) throw error;
    notes.push(
      'Reports of incidents: the key needs the role `operator` beside `auditor`, and to be of the root tenant. Their timelines are in `incidents.ndjson`.',
    );
    return [];
  }
}

async function verificationsOf(gateway, { from, to }, notes) {
  try {
    const rows = await gateway.list(
      '/v1/audit/verifications',
      ({ started_at: at }) => Date.parse(at) >= Date.parse(from),
    );
    return rows.filter(({ started_at: at }) => Date.parse(at) < Date.parse(to));
  } catch (error) {
    if (error.status !== 403) throw error;
    notes.push('Verifications of the log: the key must be of the root tenant.');
    return [];
  }
}

const CHECKPOINT_MS = 60_000;

/** A signed head that covers the entry at that place: entries of the last second may wait for one. */
async function checkpointAfter(gateway, index) {
  for (const until = Date.now() + CHECKPOINT_MS; ; await sleep(200)) {
    const checkpoint = await gateway.text('/v1/audit/checkpoint');
    if (Number(checkpoint.split('\n')[1]) > index) return checkpoint;
    if (Date.now() > until)
      throw new Error('the log makes no checkpoints: its newest one does not cover what was read');
  }
}

const FIRST_LINE_BYTES = 65_536;

/** In bytes, its end included. */
function lengthOfFirstLine(path) {
  const bytes = Buffer.alloc(FIRST_LINE_BYTES);
  const file = openSync(path, 'r');
  readSync(file, bytes, 0, FIRST_LINE_BYTES, 0);
  closeSync(file);
  return bytes.indexOf('\n') + 1;
}
