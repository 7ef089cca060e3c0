// Loaded into a gateway before anything else: a name server for `rebind.example.net` that shows a public address to whoever asks
// first, and this machine to everybody after that.
const dns = require('node:dns');

const real = dns.lookup;
let asked = 0;
dns.lookup = (host, options, answer) => {
  if (host !== 'rebind.example.net') return real(host, options, answer);
  const address = asked++ === 0 ? '8.8.8.8' : '127.0.0.2';
  return process.nextTick(answer, null, [{ address, family: 4 }]);
};
