// Loaded before a process (`--require`): packages that GATEHOUSE_TEST_ABSENT names are not there.
const { Module } = require('node:module');

const absent = new Set((process.env.GATEHOUSE_TEST_ABSENT ?? '').split(','));
const resolve = Module._resolveFilename;
Module._resolveFilename = function resolveFilename(name, ...rest) {
  if (absent.has(name)) throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
  return resolve.call(this, name, ...rest);
};
