'use strict';
// Somebody else has the port, and two workers ask for it twice each.
const cluster = require('node:cluster');
const child_process = require('node:child_process');
const net = require('node:net');
const { once, wait, say } = require('./common');

if (cluster.isWorker) {
  for (let i = 0; i < 2; i++) {
    net.createServer().on('error', () => {}).listen(Number(process.env.TAKEN), '127.0.0.1');
  }
} else if (process.argv[2] === 'primary') {
  cluster.fork();
  cluster.fork();
  wait(1000).then(() => process.exit(0));
} else {
  const taken = net.createServer().listen(0, '127.0.0.1', async () => {
    const primary = child_process.fork(__filename, ['primary'], {
      env: { ...process.env, TAKEN: taken.address().port },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const [code] = await once(primary, 'exit');
    say(code === 0 ? 'the primary lives' : `the primary has crashed with code ${code}`);
  });
}
