// Preloaded into the application by profile.mjs: SIGUSR2 starts a CPU profile and, the next time, writes it.
'use strict';
const { writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');

let session;

function start() {
  session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 250 });
  session.post('Profiler.start');
}

function stop() {
  session.post('Profiler.stop', (error, result) => {
    writeFileSync(process.env.BENCH_PROFILE, error ? JSON.stringify({ error }) : JSON.stringify(result.profile));
    session.disconnect();
    session = undefined;
  });
}

process.on('SIGUSR2', () => (session ? stop() : start()));
