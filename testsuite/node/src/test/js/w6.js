'use strict';
// One of two workers stands for a while.
const cluster = require('node:cluster');
const { serve, fork, clients, fates, wait, say } = require('./common');

if (cluster.isWorker) {
  serve(cluster);
} else {
  (async () => {
    const [workers, port] = await fork(cluster, 2);
    workers[0].send('block');
    await wait(200);
    const all = clients(port, 20);
    await wait(1500);
    const result = fates(all);
    workers[0].process.kill('SIGKILL');
    say(result);
  })();
}
