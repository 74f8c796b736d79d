'use strict';
// The last server closes while a connection is on its way to it.
const cluster = require('node:cluster');
const { serve, fork, client, block, fates, wait, say } = require('./common');

if (cluster.isWorker) {
  serve(cluster, {
    close: (server) => {
      block(500);
      server.close();
    },
  });
} else {
  (async () => {
    const [workers, port] = await fork(cluster, 1);
    workers[0].send('close');
    await wait(200);
    const only = client(port);
    await wait(2000);
    say(fates([only]));
  })();
}
