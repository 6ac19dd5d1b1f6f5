package io.regionstore.cli;

import io.regionstore.ErrorCode;
import java.util.Optional;

/** What an operator can do about an error: messages of the library speak of its methods, these of the options. */
final class Hints {
    private Hints() {
    }

    /**
     * @param code    of a refusal
     * @param command that was refused
     * @return advice in terms of the command line, where there is some
     */
    static Optional<String> of(ErrorCode code, String command) {
        return Optional.ofNullable(switch (code) {
            case NOT_FOUND -> command.equals("info") ? "`regionstore create --region ... --metadata ...` makes a new store"
                    : null;
            case EMPTY_RANGE -> "give the length of a new file with --size or --metadata-size of `regionstore create`";
            case ALREADY_EXISTS -> "`regionstore info` with the same media opens it";
            case INVALID_ARGUMENT, NOT_A_DEVICE, IS_A_DIRECTORY, NOT_A_DIRECTORY -> "--region and --metadata take a device"
                    + " (/dev/dax0.0), a slice of one (/dev/dax0.0@2M+512M), a physical range (phys:0x40000000+512M) or a"
                    + " file; --metadata also a directory, with a slash at its end where it does not exist yet";
            case DOMAIN_UNSUPPORTED -> "ask for less with --domain, or name other media";
            case METADATA_FULL -> "`regionstore create` has --slots and --metadata-size for a new store";
            case REGION_NOT_BLANK, REGION_TAKEN -> "if what is in the region may be lost: `regionstore create"
                    + " --overwrite-region`, or `regionstore demo --overwrite`";
            case METADATA_RESTORED -> "`regionstore info --accept-restored` opens it, after every payload was compared";
            case NO_SPACE -> "`regionstore create --sparse` leaves blocks to their first use";
            case CONTENTS_LOST, CONTENTS_DAMAGED, METADATA_CORRUPT -> "what is damaged is listed above as far as it is"
                    + " known; the command line drops no records, a program does";
            default -> null;
        });
    }
}
