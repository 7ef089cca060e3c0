// What can be checked of Dockerfile, docker-compose.yml and the configuration of HAProxy without Docker.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';

const root = resolve(import.meta.dirname, '..');
const read = (name) => readFileSync(join(root, name), 'utf8');
const problems = [];
const PROFILES = ['deps', 'blue', 'green', 'workers', 'observability', 'demo'];

/** What a running installation makes is in no repository. */
const isThere = (source) => source.startsWith('./.gatehouse/') || existsSync(join(root, source));

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
      if (source.startsWith('.') ? !isThere(source) : !(source in volumes))
        problems.push(`${at}: no volume or folder ${source}`);
  }
  const superuser = services.postgres?.environment?.POSTGRES_USER ?? 'postgres';
  for (const colour of ['blue', 'green']) {
    const name = `gateway-${colour}`;
    const { environment = {}, profiles = [] } = services[name] ?? {};
    if (new URL(environment.DATABASE_URL.replace(/\$\{.*?\}/g, 'x')).username === superuser)
      problems.push(`docker-compose.yml: ${name} connects as a superuser, from whom the audit log cannot be kept`);
    if (!profiles.includes(colour)) problems.push(`docker-compose.yml: ${name} is not in the profile ${colour}`);
    // npm run deploy tags the image of a release by its colour
    if (services[name]?.image !== `gatehouse:${colour}`)
      problems.push(`docker-compose.yml: ${name} does not run gatehouse:${colour}`);
    if (services.balancer?.environment?.[`GATEHOUSE_${colour.toUpperCase()}`] !== `${name}:3000`)
      problems.push(`docker-compose.yml: the balancer does not know ${name}`);
  }
  const profiles = new Set(Object.values(services).flatMap((service) => service.profiles ?? []));
  for (const profile of PROFILES)
    if (!profiles.has(profile)) problems.push(`docker-compose.yml: there is no profile ${profile}`);
  const started = /^COMPOSE_PROFILES=(.*)$/m.exec(read('.env.example'))?.[1].split(',') ?? [];
  for (const profile of started)
    if (!profiles.has(profile)) problems.push(`.env.example: COMPOSE_PROFILES names ${profile}, which is not there`);
  const documented = read('.env.example');
  for (const [, variable] of text.matchAll(/\$\{([A-Z_]+)/g))
    if (!new RegExp(`^#? ?${variable}=`, 'm').test(documented))
      problems.push(`docker-compose.yml: ${variable} is not in .env.example`);
}

/** Where HAProxy is installed. */
function checkHaproxy() {
  const file = 'config/haproxy/haproxy.cfg';
  const state = join(mkdtempSync(join(tmpdir(), 'haproxy-')), 'servers.state');
  const env = { ...process.env, GATEHOUSE_SERVERS_STATE: state };
  const { error, status, stderr } = spawnSync('haproxy', ['-c', '-f', join(root, file)], { env, encoding: 'utf8' });
  rmSync(dirname(state), { recursive: true });
  if (!error && status !== 0) problems.push(`${file}: ${stderr.trim()}`);
}

checkDockerfile();
checkCompose();
checkHaproxy();
for (const problem of problems) console.log(problem);
if (!problems.length) console.log('Dockerfile, docker-compose.yml and haproxy.cfg: ok');
process.exit(problems.length ? 1 : 0);
