// Preloaded into a gateway: writes the address of each file that is loaded to the file LOADED_FILES, one a line.
'use strict';
const { appendFileSync } = require('node:fs');
const { registerHooks } = require('node:module');

registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) appendFileSync(process.env.LOADED_FILES, `${url}\n`);
    return next(url, context);
  },
});
