'use strict';
// All workers have as many connections as they may, and one more client comes.
const cluster = require('node:cluster');
const { serve, fork, client, clients, wait, say } = require('./common');

if (cluster.isWorker) {
  serve(cluster).maxConnections = 1;
} else {
  (async () => {
    const [, port] = await fork(cluster, 2);
    clients(port, 2);
    await wait(300);
    client(port);
    await wait(100);
    const before = process.cpuUsage();
    await wait(1000);
    const { user, system } = process.cpuUsage(before);
    say(`the primary uses ${Math.round((user + system) / 10000)} % of a processor to wait`);
  })();
}
