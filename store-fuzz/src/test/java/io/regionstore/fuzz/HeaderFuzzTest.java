package io.regionstore.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.table.StoreHeader;
import java.util.Arrays;
import java.util.EnumSet;

/** Any 512 bytes are a header or a typed refusal; a header is the same after it was written again. */
class HeaderFuzzTest {
    @FuzzTest(maxDuration = "15s")
    void decode(byte[] data) {
        byte[] bytes = Arrays.copyOf(data, 512);
        if (data.length > 512) {
            Checksums.put(bytes, 508, bytes, 0, 508); // a checksum that is right lets the fields through
        }
        try {
            StoreHeader header = StoreHeader.decode(bytes, "fuzz");
            StoreHeader again = StoreHeader.decode(header.encode(), "fuzz");
            if (!header.region().path().contains("\uFFFD")) {
                assertEquals(header, again);
            }
        } catch (RegionStoreException e) {
            if (!EnumSet.of(ErrorCode.METADATA_FOREIGN, ErrorCode.METADATA_VERSION, ErrorCode.METADATA_CORRUPT)
                    .contains(e.code())) {
                throw e;
            }
        }
    }
}
