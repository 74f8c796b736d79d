'use strict';
// What the scenarios share. Each prints one line, with which it ends.
const net = require('node:net');

exports.wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

exports.once = (emitter, event) => new Promise((resolve) => emitter.once(event, (...args) => resolve(args)));

exports.say = (line) => process.stdout.write(`${line}\n`, () => process.exit(0));

// A worker that greets with its id, and obeys words of the primary.
exports.serve = (cluster, orders = {}, port = 0) => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.write(`${cluster.worker.id}\n`);
    socket.pipe(socket);
  });
  process.on('message', (word) => (word === 'block' ? exports.block(60000) : orders[word](server)));
  server.listen(port, '127.0.0.1');
  return server;
};

exports.block = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

// Forks so many and waits until all listen; returns [workers, port].
exports.fork = async (cluster, count) => {
  const workers = [];
  for (let i = 0; i < count; i++) {
    workers.push(cluster.fork());
  }
  const told = await Promise.all(workers.map((worker) => exports.once(worker, 'listening')));
  return [workers, told[0][0].port];
};

// A client that remembers what it saw: greeting, end.
exports.client = (port) => {
  const socket = net.connect(port, '127.0.0.1');
  const seen = { socket, greeting: null, ended: null };
  socket.on('data', (data) => (seen.greeting ??= String(data).trim()));
  socket.on('error', (error) => (seen.ended ??= error.code));
  socket.on('close', () => (seen.ended ??= 'closed'));
  return seen;
};

exports.clients = (port, count) => Array.from({ length: count }, () => exports.client(port));

exports.fates = (clients) => {
  const served = clients.filter((each) => each.greeting !== null).length;
  const ended = clients.filter((each) => each.greeting === null && each.ended !== null).length;
  return `${served} of ${clients.length} clients served, ${ended} ended, ${clients.length - served - ended} hang`;
};
