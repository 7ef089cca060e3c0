// Preloaded into the Redis that is written in JavaScript, which lacks two things that the real one has.
'use strict';
const { subscribe } = require('node:diagnostics_channel');
const { registerHooks } = require('node:module');

// it answers a pipeline in several small packets, and each second one would wait 40 ms for the first to be acknowledged
subscribe('net.server.socket', ({ socket }) => socket.setNoDelay());

// workers of Bull wait with BRPOPLPUSH, which is its BLMOVE from right to left
const BRPOPLPUSH = `
var brpoplpushCommand = defineCommand({
  name: "brpoplpush",
  schema: t.custom((input, index, ctx) => {
    const [source, destination, timeout] = input.slice(index, index + 3);
    if (!timeout) throw new WrongNumberOfArgumentsError(ctx.commandName);
    return { value: { source, destination, timeout: parseTimeout(timeout) }, nextIndex: index + 3 };
  }),
  flags: ["write", "noscript"],
  keys: (args) => [args.source, args.destination],
  execute: ({ source, destination, timeout }, ctx) => {
    const [from, to] = ["RIGHT", "LEFT"].map((side) => parseMoveDirection(Buffer.from(side)));
    return tryListMove(source, destination, from, to, ctx.db) ||
      blockingListMove(source, destination, from, to, timeout, ctx);
  }
});
`;
const MODULE = /^\/\/ src\/commands\/lists\/lmpop\.ts$/m;
const LISTED = /^ {2}blmoveCommand,$/m;

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith('/js-redis-server/dist/cli.js')) return loaded;
    const source = Buffer.from(loaded.source).toString();
    if (!MODULE.test(source) || !LISTED.test(source))
      throw new Error('js-redis-server is not the one that is known here');
    return {
      ...loaded,
      source: source.replace(MODULE, BRPOPLPUSH).replace(LISTED, '  blmoveCommand,\n  brpoplpushCommand,'),
    };
  },
});
