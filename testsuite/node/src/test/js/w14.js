'use strict';
// The primary is killed while a connection is open.
const cluster = require('node:cluster');
const child_process = require('node:child_process');
const { serve, fork, client, once, wait, say } = require('./common');

if (cluster.isWorker) {
  serve(cluster);
} else if (process.argv[2] === 'primary') {
  fork(cluster, 1).then(([, port]) => process.send(port));
} else {
  (async () => {
    const primary = child_process.fork(__filename, ['primary']);
    const [port] = await once(primary, 'message');
    const open = client(port);
    await wait(300);
    primary.kill('SIGKILL');
    await wait(300);
    say(`an open connection, 300 ms after: ${open.ended ?? 'lives'}`);
  })();
}
