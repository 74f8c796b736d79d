'use strict';
// One worker listens at port 0, another at the number that this became.
const cluster = require('node:cluster');
const { serve, fork, once, say } = require('./common');

if (cluster.isWorker) {
  serve(cluster, {}, Number(process.env.WANTED ?? 0)).on('error', (error) => process.send(error.code));
} else {
  (async () => {
    const [, port] = await fork(cluster, 1);
    const other = cluster.fork({ WANTED: port });
    const answer = await Promise.race([
      once(other, 'message').then(([code]) => code),
      once(other, 'listening').then(() => 'shared'),
    ]);
    say(`the second worker's listen: ${answer}`);
  })();
}
