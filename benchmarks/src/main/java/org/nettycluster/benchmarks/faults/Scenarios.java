package org.nettycluster.benchmarks.faults;

import java.util.List;
import java.util.stream.Stream;

/** All of them, in the order in which they run. */
final class Scenarios {
    private static final List<Scenario> ALL = List.of(
            new RollingReload(),
            new ReloadToBad(),
            new KillWorker(),
            new BreakerOpens(),
            new KillMaster(),
            new ReadyTimes(),
            new WorkerFdLimit(),
            new MasterFdLimit(),
            new InjectedErrno(),
            new PageBaseline(),
            new Fairness(),
            new Soak(),
            new KillAll(),
            new ClockAndDisk(),
            new FullMemory(),
            new Attacks(),
            new RefuseAll(),
            new ConnectAndReset(),
            new BacklogBurst(),
            new DatagramFault(DatagramFault.What.RELOAD),
            new DatagramFault(DatagramFault.What.KILL),
            new DatagramFault(DatagramFault.What.SCALE));

    private Scenarios() {}

    static List<Scenario> all() {
        return Stream.concat(ALL.stream(), RecordedFault.all().stream()).toList();
    }

    static Scenario named(String name) {
        return all().stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no scenario '" + name + "': see --list"));
    }
}
