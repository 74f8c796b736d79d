'use strict';
// All workers stand, and a hundred clients come.
const cluster = require('node:cluster');
const fs = require('node:fs');
const { serve, fork, clients, wait, say } = require('./common');

const descriptors = () => fs.readdirSync('/proc/self/fd').length;

if (cluster.isWorker) {
  serve(cluster);
} else {
  (async () => {
    const [workers, port] = await fork(cluster, 2);
    workers.forEach((worker) => worker.send('block'));
    await wait(200);
    const before = descriptors();
    clients(port, 100);
    await wait(500);
    // The clients are in this process, too.
    const accepted = descriptors() - before - 100;
    workers.forEach((worker) => worker.process.kill('SIGKILL'));
    say(`the primary has accepted ${accepted} of 100`);
  })();
}
