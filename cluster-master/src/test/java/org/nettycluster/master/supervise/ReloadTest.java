package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReloadTest {
    @Test
    void oneAfterTheOther() {
        Reload reload = new Reload(List.of(1, 2), 1, false);
        assertThat(reload.bakes()).isFalse();
        assertThat(reload.begin()).containsExactly(1);
        assertThat(reload.begin()).isEmpty();
        reload.seated(1);
        assertThat(reload.begin()).as("the old process is still there").isEmpty();
        reload.left(1);
        assertThat(reload.begin()).containsExactly(2);
        reload.seated(2);
        reload.left(2);
        assertThat(reload.isDone()).isTrue();
    }

    @Test
    void surgeBoundsThoseWhoComeAndLeaveTogether() {
        Reload reload = new Reload(List.of(1, 2, 3, 4), 3, false);
        assertThat(reload.begin()).containsExactly(1, 2, 3);
        reload.seated(2);
        assertThat(reload.begin()).isEmpty();
        reload.left(2);
        assertThat(reload.begin()).containsExactly(4);
    }

    @Test
    void firstOneBakesAlone() {
        Reload reload = new Reload(List.of(1, 2, 3), 2, true);
        assertThat(reload.begin()).containsExactly(1);
        assertThat(reload.bakes()).isTrue();
        reload.seated(1);
        assertThat(reload.bakes()).isFalse();
        assertThat(reload.begin()).containsExactly(2);
    }

    @Test
    void whatCannotBeIsLoud() {
        Reload reload = new Reload(List.of(1), 1, false);
        assertThatThrownBy(() -> reload.seated(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> reload.left(5)).isInstanceOf(IllegalStateException.class);
    }
}
