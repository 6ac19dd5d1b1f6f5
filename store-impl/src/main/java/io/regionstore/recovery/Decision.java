package io.regionstore.recovery;

import io.regionstore.Verdict;

/** The verdict, from what was found. Pure; every combination of its inputs is walked by a test. */
public final class Decision {
    private Decision() {
    }

    /** How the payloads compare with their checksums. */
    public enum Contents {
        /** Not compared: the same boot, the same place. */
        NOT_CHECKED,
        /** Every payload that was compared is right; or there is none. */
        INTACT,
        /** Some are damaged. */
        DAMAGED,
        /** None is right. */
        LOST
    }

    /**
     * The decision table, first match:
     * <pre>
     *   placement            contents         clean   verdict
     *   SHRUNK               any              any     SHRUNK
     *   DIFFERENT            any              any     WRONG_DEVICE
     *   ELSEWHERE, UNKNOWN   LOST             any     WRONG_DEVICE
     *   any                  LOST             any     CONTENTS_LOST
     *   any                  DAMAGED          any     CONTENTS_DAMAGED
     *   ELSEWHERE            INTACT           any     MOVED
     *   any                  other            yes     CLEAN
     *   any                  other            no      RECOVERED
     * </pre>
     *
     * @param placement of the region
     * @param contents  of the region
     * @param relocated whether the region was found in another place than the caller named
     * @param clean     whether the last session closed
     * @return the verdict
     */
    public static Verdict of(Placement placement, Contents contents, boolean relocated, boolean clean) {
        if (placement == Placement.SHRUNK) {
            return Verdict.SHRUNK;
        }
        if (placement == Placement.DIFFERENT || placement.needsContents() && contents == Contents.LOST) {
            return Verdict.WRONG_DEVICE;
        }
        if (contents == Contents.LOST) {
            return Verdict.CONTENTS_LOST;
        }
        if (contents == Contents.DAMAGED) {
            return Verdict.CONTENTS_DAMAGED;
        }
        if (placement == Placement.ELSEWHERE || relocated) {
            return Verdict.MOVED;
        }
        return clean ? Verdict.CLEAN : Verdict.RECOVERED;
    }
}
