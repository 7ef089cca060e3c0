// Preloaded into the application by start.mjs: when the supervisor is gone, however it went, the application drains too.
'use strict';
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
