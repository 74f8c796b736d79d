'use strict';
// Two workers are let go, and one of them has a connection.
const cluster = require('node:cluster');
const { serve, fork, client, wait, say } = require('./common');

if (cluster.isWorker) {
  serve(cluster);
} else {
  (async () => {
    const [workers, port] = await fork(cluster, 2);
    client(port);
    await wait(200);
    cluster.disconnect(() => {
      const alive = workers.filter((worker) => !worker.isDead() && worker.isConnected()).length;
      workers.forEach((worker) => worker.process.kill('SIGKILL'));
      say(`called back with ${alive} of 2 workers still connected`);
    });
  })();
}
