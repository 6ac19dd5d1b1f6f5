package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.proof.FileState;
import io.regionstore.proof.SimulatedFiles;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an unfinished start left under a temporary name never gets the final one, whichever changes of names survive. */
class LeftoverTest {
    private static final Options SMALL = Options.DEFAULT.withSizes(1024, 4096);

    @Test
    void shouldNotNameWhatAnEarlierStartLeftUnfinished() {
        FileState state = new FileState();
        MetadataDirectory.create(new SimulatedFiles(state, event -> { }), Workload.INSTANCE, 64, TestTable.header(1),
                SMALL).close();
        String temporary = FileNames.temporary(FileNames.log(2));
        state.put(temporary, new byte[100]); // the power failed while it was filled
        List<FileState.Event> events = new ArrayList<>();
        FileState before = state.copy();
        start(new SimulatedFiles(state, events::add));
        boolean renamed = false;
        for (int count = 0; count <= events.size(); count++) {
            FileState left = before.copy();
            events.subList(0, count).forEach(left::apply);
            renamed |= count < events.size() && events.get(count) instanceof FileState.Rename;
            int open = left.open();
            for (int only = 0; only < open; only++) {
                int kept = only;
                FileState found = left.afterCrash(unit -> unit == kept ? FileState.SECTOR : 0);
                start(new SimulatedFiles(found, event -> { }));
            }
        }
        assertTrue(renamed, "the new log got its name");
        assertEquals(List.of(), state.names().stream().filter(temporary::equals).toList());
    }

    private static void start(SimulatedFiles files) {
        try (MetadataDirectory directory = MetadataDirectory.open(files, new TestTable(64), SMALL)) {
            directory.start();
        }
    }
}
