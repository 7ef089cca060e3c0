// What can be checked of Dockerfile and docker-compose.yml without Docker.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';

const root = resolve(import.meta.dirname, '..');
const read = (name) => readFileSync(join(root, name), 'utf8');
const problems = [];

function checkDockerfile() {
  const lines = read('Dockerfile').replaceAll('\\\n', ' ').split('\n');
  const stages = lines.flatMap((line) => /^FROM \S+ AS (\S+)/i.exec(line)?.[1] ?? []);
  for (const line of lines) {
    const [, from, sources] = /^COPY (?:--from=(\S+) )?(?:--\S+ )*(.+) \S+$/.exec(line) ?? [];
    if (from && !stages.includes(from)) problems.push(`Dockerfile: no stage is called ${from}`);
    for (const source of from ? [] : (sources?.split(/\s+/) ?? []))
      if (!existsSync(join(root, source))) problems.push(`Dockerfile: there is no ${source} to copy`);
  }
  if (!lines.some((line) => /^USER (?!root|0)/.test(line))) problems.push('Dockerfile: runs as root');
}

function checkCompose() {
  const text = read('docker-compose.yml');
  const document = parseDocument(text, { merge: true });
  if (document.errors.length)
    return problems.push(...document.errors.map(({ message }) => `docker-compose.yml: ${message}`));
  const { services = {}, volumes = {}, networks = {} } = document.toJS();
  for (const [name, service] of Object.entries(services)) {
    const at = `docker-compose.yml: ${name}`;
    if (!service.image && !service.build) problems.push(`${at} has neither image nor build`);
    for (const other of Object.keys(service.depends_on ?? {}))
      if (!services[other]) problems.push(`${at} depends on ${other}, which is not there`);
    for (const network of service.networks ?? [])
      if (!(network in networks)) problems.push(`${at}: no network ${network}`);
    for (const [source] of (service.volumes ?? []).map((volume) => volume.split(':')))
      if (source.startsWith('.') ? !existsSync(join(root, source)) : !(source in volumes))
        problems.push(`${at}: no volume or folder ${source}`);
  }
  const superuser = services.postgres?.environment?.POSTGRES_USER ?? 'postgres';
  if (new URL(services.gateway?.environment?.DATABASE_URL.replace(/\$\{.*?\}/g, 'x')).username === superuser)
    problems.push('docker-compose.yml: gateway connects as a superuser, from whom the audit log cannot be kept');
  const documented = read('.env.example');
  for (const [, variable] of text.matchAll(/\$\{([A-Z_]+)/g))
    if (!new RegExp(`^#? ?${variable}=`, 'm').test(documented))
      problems.push(`docker-compose.yml: ${variable} is not in .env.example`);
}

checkDockerfile();
checkCompose();
for (const problem of problems) console.log(problem);
if (!problems.length) console.log('Dockerfile and docker-compose.yml: ok');
process.exit(problems.length ? 1 : 0);
