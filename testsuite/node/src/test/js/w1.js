'use strict';
// A worker stands, has been sent a connection, and is killed.
const cluster = require('node:cluster');
const { serve, fork, clients, fates, wait, say } = require('./common');

if (cluster.isWorker) {
  serve(cluster);
} else {
  (async () => {
    const [workers, port] = await fork(cluster, 2);
    workers[0].send('block');
    await wait(200);
    const all = clients(port, 4);
    await wait(200);
    workers[0].process.kill('SIGKILL');
    await wait(1500);
    say(fates(all));
  })();
}
