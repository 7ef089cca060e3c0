// Preloaded into the Redis that is written in JavaScript: it answers a pipeline in several small packets, and each second
// one would wait 40 ms for the first to be acknowledged. The real one sends without delay.
'use strict';
require('node:diagnostics_channel').subscribe('net.server.socket', ({ socket }) => socket.setNoDelay());
