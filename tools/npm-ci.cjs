// Installs what package-lock.json asks for, when it is not there yet.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const PROGRESS_MS = 10_000;
const ADVICE = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|network/,
    'The package registry cannot be reached. Check the connection and the proxy (`npm config get registry`, HTTPS_PROXY),\n' +
      'then repeat the command. On a machine without a network copy node_modules from one of the same platform, or fill\n' +
      "npm's cache there and run `npm ci --offline --ignore-scripts` here.",
  ],
  [
    /EUSAGE|in sync|Missing:/,
    'package.json and package-lock.json disagree. Run `npm install --ignore-scripts` and commit the lockfile.',
  ],
  [
    /SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERT_/,
    "The registry's certificate is not trusted here: set NODE_EXTRA_CA_CERTS.",
  ],
  [/E401|E403/, 'The registry refuses access: check the token in ~/.npmrc.'],
  [/ENOSPC/, 'The disk is full; about 700 MB are needed.'],
  [/EACCES|EPERM/, 'node_modules belongs to somebody else: remove it, or change its owner.'],
];

const readJson = (file) => {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/** npm writes node_modules/.package-lock.json when an installation is complete: what is really there. */
function isInstalled(root) {
  const wanted = readJson(path.join(root, 'package-lock.json'))?.packages;
  const present = readJson(path.join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !present) return false;
  const matches = (name) => {
    const there = present[name];
    if (!there) return wanted[name].optional === true; // made for another platform
    const foreign = there.os && ![there.os].flat().some((os) => os === process.platform || os.startsWith('!'));
    return there.version === wanted[name].version && there.integrity === wanted[name].integrity && !foreign;
  };
  return Object.keys(wanted).every((name) => name === '' || matches(name));
}

/** Repeats with the npm that was called, on the Node that runs it: the one in node_modules is about to be replaced. */
function npmCommand() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  if (cli?.endsWith('npm-cli.js')) return { command: node ?? process.execPath, first: [cli] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', first: [] };
}

function environment() {
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_(lifecycle|package)_/.test(name));
  return Object.fromEntries(inherited);
}

/** @returns {Promise<{code: number, errors: string}>} */
function npmCi(root) {
  const { command, first } = npmCommand();
  const args = [...first, 'ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const child = spawn(command, [...args, '--loglevel=error'], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'inherit', 'pipe'],
    shell: command.endsWith('.cmd'),
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    process.stderr.write(chunk);
    errors = (errors + chunk).slice(-16_384);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 127, errors: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, errors }));
  });
}

/**
 * @param {string} root
 * @param {(line: string) => void} log
 * @returns {Promise<boolean>} whether it worked
 */
async function install(root, log) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  log('installing dependencies (npm ci); the first time takes about half a minute');
  const progress = setInterval(() => log(`still installing, ${seconds()} s`), PROGRESS_MS);
  const { code, errors } = await npmCi(root).finally(() => clearInterval(progress));
  if (code === 0) {
    log(`dependencies installed in ${seconds()} s`);
    return true;
  }
  log(`npm ci failed (exit code ${code})`);
  const advice = ADVICE.find(([pattern]) => pattern.test(errors))?.[1];
  for (const line of advice?.split('\n') ?? ["npm's own message above says why."]) log(line);
  return false;
}

module.exports = { install, isInstalled };
