// A lock file that names its owner: what a killed process left behind never blocks anybody.
'use strict';
const fs = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');

const STALE_MS = 120_000; // covers a pid that was given to another process since
const HEARTBEAT_MS = 10_000;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function read(file) {
  try {
    return { owner: Number(fs.readFileSync(file, 'utf8')), age: Date.now() - fs.statSync(file).mtimeMs };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** An empty file is a lock whose owner is about to write its pid. */
const isStale = ({ owner, age }) => age > STALE_MS || (owner > 0 && !isAlive(owner));

/** Moves a stale lock out of the way; when somebody was faster, theirs is put back. */
function removeStale(file) {
  const aside = `${file}.${process.pid}`;
  try {
    fs.renameSync(file, aside);
    const found = read(aside);
    if (found && !isStale(found)) fs.linkSync(aside, file);
    fs.rmSync(aside, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
}

/** @returns {(() => void) | undefined} the function that gives the lock back, or nothing when a living process holds it */
function tryLock(file) {
  const found = read(file);
  if (found && isStale(found)) removeStale(file);
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    fs.utimes(file, now, now, () => {});
  }, HEARTBEAT_MS);
  heartbeat.unref();
  const release = () => {
    clearInterval(heartbeat);
    process.off('exit', release);
    if (read(file)?.owner === process.pid) fs.rmSync(file, { force: true });
  };
  process.once('exit', release);
  return release;
}

/**
 * Runs `work` while holding the lock; waits for whoever holds it.
 * @template T
 * @param {string} file
 * @param {() => T | Promise<T>} work
 * @param {() => void} [onWait] called once when there is a wait
 * @returns {Promise<T>}
 */
async function withLock(file, work, onWait) {
  let release = tryLock(file);
  if (!release) onWait?.();
  while (!release) {
    await sleep(200);
    release = tryLock(file);
  }
  try {
    return await work();
  } finally {
    release();
  }
}

module.exports = { tryLock, withLock };
