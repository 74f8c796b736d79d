'use strict';
// The only worker is out of descriptors for a moment. Run under a small ulimit -n.
const cluster = require('node:cluster');
const fs = require('node:fs');
const { serve, fork, client, clients, fates, wait, say } = require('./common');

if (cluster.isWorker) {
  const held = [];
  serve(cluster, {
    fill: () => {
      try {
        for (;;) {
          held.push(fs.openSync('/dev/null'));
        }
      } catch {
        process.send('full');
      }
    },
    free: () => held.splice(0).forEach((fd) => fs.closeSync(fd)),
  });
} else {
  (async () => {
    const [workers, port] = await fork(cluster, 1);
    workers[0].send('fill');
    await wait(300);
    client(port);
    await wait(300);
    workers[0].send('free');
    await wait(200);
    const later = clients(port, 5);
    await wait(1500);
    say(`after descriptors are free again: ${fates(later)}`);
  })();
}
