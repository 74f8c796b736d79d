'use strict';
// What is told of a worker that is killed with a connection on its way.
const cluster = require('node:cluster');
const { serve, fork, clients, wait, say } = require('./common');

if (cluster.isWorker) {
  serve(cluster);
} else {
  (async () => {
    const [workers, port] = await fork(cluster, 2);
    const told = [];
    workers[0].on('disconnect', () => told.push('disconnect'));
    workers[0].on('exit', () => told.push('exit'));
    workers[0].send('block');
    await wait(200);
    clients(port, 4);
    await wait(200);
    workers[0].process.kill('SIGKILL');
    await wait(1500);
    say(`told: ${told.join(', ') || 'nothing'}`);
  })();
}
