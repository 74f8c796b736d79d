package org.nettycluster.master.schedule;

import org.nettycluster.protocol.WorkerId;

/** A candidate whose every answer the test sets; what a turn costs is paid by hand. */
final class Worker implements Candidate {
    final WorkerId id;
    int freeCells = 8;
    long given;
    long lastTurn;
    long connections;
    long age;

    Worker(int slot) {
        this(slot, 1);
    }

    Worker(int slot, int generation) {
        id = new WorkerId(slot, generation);
    }

    static Worker[] slots(int count) {
        Worker[] workers = new Worker[count];
        for (int i = 0; i < count; i++) {
            workers[i] = new Worker(i + 1);
        }
        return workers;
    }

    Worker full() {
        freeCells = 0;
        return this;
    }

    Worker given(long given) {
        this.given = given;
        return this;
    }

    Worker lastTurn(long lastTurn) {
        this.lastTurn = lastTurn;
        return this;
    }

    Worker connections(long connections) {
        this.connections = connections;
        return this;
    }

    Worker age(long age) {
        this.age = age;
        return this;
    }

    @Override
    public WorkerId worker() {
        return id;
    }

    @Override
    public int freeCells() {
        return freeCells;
    }

    @Override
    public long given() {
        return given;
    }

    @Override
    public long lastTurn() {
        return lastTurn;
    }

    @Override
    public long connections() {
        return connections;
    }

    @Override
    public long age() {
        return age;
    }

    @Override
    public String toString() {
        return "worker " + id;
    }
}
