'use strict';
// The last worker is killed, and a client comes before the next one.
const cluster = require('node:cluster');
const { serve, fork, client, once, wait, say } = require('./common');

if (cluster.isWorker) {
  serve(cluster);
} else {
  (async () => {
    const [workers, port] = await fork(cluster, 1);
    workers[0].process.kill('SIGKILL');
    await once(workers[0], 'exit');
    await wait(50);
    const early = client(port);
    await wait(300);
    say(`a client between two workers: ${early.ended ?? 'waits'}`);
  })();
}
