package io.regionstore.faults;

import java.lang.classfile.Opcode;

/**
 * Rules of the protocol that no seam shows, each broken by a change to one method; beside it the test that sees it, and
 * what that says.
 */
enum MutatedFault {
    // what is read is compared with its checksum, and every checksum says which store, file and place it is for
    PAYLOAD_CHECKSUM_NOT_COMPARED(Mutation.of("recovery.PayloadReader", "matches").returns(1),
            Catcher.of("engine.AfterBootTest", "shouldRefuseDamagedRecordsByNameAndChangeNothing"),
            "nothing was thrown"),
    SLOT_CHECKSUM_NOT_COMPARED(Mutation.of("table.SlotReader", "read").findsEqual().number(9, 9),
            Catcher.of("engine.SlotRulesTest", "shouldRefuseASlotThatWasCopiedToAnotherPlace"), "nothing was thrown"),
    PLACE_NOT_IN_SLOT_CHECKSUM(Mutation.of("table.SlotChecksum", "tail").ignoresSecondOperandOf(Opcode.LADD),
            Catcher.of("engine.SlotRulesTest", "shouldRefuseASlotThatWasCopiedToAnotherPlace"), "nothing was thrown"),
    STORE_NOT_IN_SLOT_CHECKSUM(Mutation.of("table.StoreHeader", "seed").returns(0),
            Catcher.of("engine.SlotRulesTest", "shouldRefuseASlotOfAnotherStore"), "nothing was thrown"),
    HEADER_CHECKSUM_NOT_COMPARED(Mutation.of("table.StoreHeader", "decode").neverJumpsAfter("StoreHeader.checksum")
            .number(1, 2), Catcher.of("engine.CorruptionTest", "shouldRefuseEveryByteDamagedInBothHeaderCopies"),
            "expected: <METADATA_CORRUPT> but was: <METADATA_VERSION>"),
    FRAME_CHECKSUM_NOT_COMPARED(Mutation.of("log.LogReader", "frameAt").neverJumpsAfter("Chunk.getInt").number(2, 2),
            Catcher.of("log.DamageTest", "shouldNeverShowWrongSlotsForAnyFlippedByteOfLog"), "nothing was thrown"),
    FILE_NOT_IN_FRAME_CHECKSUM(Mutation.of("log.Chunk", "seed").returns(0),
            Catcher.of("log.DescriptorTest", "shouldSeedChecksumsWithStoreAndGeneration"), "expected"),
    IMAGE_CHECKSUM_NOT_COMPARED(Mutation.of("log.ImageFile", "read").alwaysJumpsAfter("Chunk.getInt").number(2, 2),
            Catcher.of("log.DamageTest", "shouldUseSpareImageForEveryFlippedByteInNewest"), "expected: <9>"),
    FILE_HEADER_CHECKSUM_NOT_COMPARED(Mutation.of("log.FileHeader", "read").neverJumpsAfter("Chunk.getInt")
            .number(2, 3), Catcher.of("log.DamageTest", "shouldRefuseEveryFlippedByteInHeaderOfAnyLogInUse"),
            "nothing was thrown"),

    // of a log, what was durable is there, whole and in order; of a directory, the store's own files
    LSN_NOT_COMPARED(Mutation.of("log.LogReader", "replay").findsEqual(),
            Catcher.of("log.LogRulesTest", "shouldRefuseAFrameInThePlaceOfAnotherOneOfTheSameLog"),
            "nothing was thrown"),
    REST_OF_LOG_NOT_INSPECTED(Mutation.of("log.LogReader", "inspectRest").returns(0),
            Catcher.of("log.DamageTest", "shouldNeverShowWrongSlotsForAnyFlippedByteOfLog"), "nothing was thrown"),
    FLOOR_OF_LOG_NOT_REQUIRED(Mutation.of("log.Recovery", "replay").alwaysJumpsAfter("LogHeader.floorLsn").number(1, 2),
            Catcher.of("log.DamageTest", "shouldRefuseDamageToLastFrameOnceTheStoreWasOpenedAgain"),
            "nothing was thrown"),
    LENGTH_OF_LOG_NOT_REQUIRED(Mutation.of("log.LogReader", "requireLength").returns(0),
            Catcher.of("log.DamageTest", "shouldRefuseTruncationOfLongLogAtAnyStep"), "nothing was thrown"),
    STORE_OF_FILE_NOT_COMPARED(Mutation.of("log.Recovery", "requireInstance").returns(0),
            Catcher.of("log.DamageTest", "shouldRefuseLogsOfAnotherStore"), "expected: <METADATA_FOREIGN>"),
    COPY_NOT_TOLD_FROM_ORIGINAL(Mutation.of("log.Recovery", "requireOriginal(Ljava/lang/String;").returns(0),
            Catcher.of("log.DamageTest", "shouldRefuseOlderLogPutBackBesideOriginalImage"), "nothing was thrown"),

    // what the writer of the log promises
    OLD_LOG_NOT_WRITTEN_OUT_AT_SWITCH(Mutation.of("log.LogWriter", "rotate").leavesOut("LogOutput.write"),
            Catcher.of("log.LogRulesTest", "shouldMakeDurableWhatWasAppendedBeforeASwitchOfLogs"), "durable, and lost"),
    FAILED_WRITE_NOT_FINAL(Mutation.of("log.LogWriter", "requireUsable").returns(0),
            Catcher.of("log.CrashTest", "shouldAcknowledgeNothingMoreAfterOneFailedWriteOrSync"),
            "acknowledged after a failure"),
    IMAGE_NAMED_BEFORE_ITS_FRAMES_ARE_DURABLE(Mutation.of("log.ImageFile", "write").leavesOut("Runnable.run"),
            Catcher.of("log.CrashTest", "shouldKeepAcknowledgedPrefixAcrossPowerLossAtEveryChange"), "table after LSN"),
    IMAGE_BEFORE_WRITES_ARE_APPLIED(Mutation.of("engine.LoggedCommit", "awaitApplied").leavesOut("Lanes.quiesce"),
            Catcher.of("engine.LoggedRulesTest", "shouldImageNoTableThatAWriteIsStillChanging"), "an image is written"),
    QUIESCE_DOES_NOT_WAIT(Mutation.of("engine.Lanes", "quiesce").returns(0),
            Catcher.of("engine.LanesTest", "shouldWaitForWritesThatRun"), "expected: <true>"),

    SPARE_IMAGE_NOT_KEPT(Mutation.of("log.Generations", "cleanUp").findsEqual().number(1, 3),
            Catcher.of("log.DamageTest", "shouldOpenUndamagedStore"), "expected: <["),

    // commits in a directory
    FRAME_BEFORE_PAYLOAD_IS_FLUSHED(Mutation.of("engine.LoggedCommit", "publish").leavesOut("Memory.flush"),
            Catcher.of("engine.LoggedRulesTest", "shouldAcknowledgeWhatIsInTheLogDurablyAndItsPayloadBefore"),
            "before its payload was durable"),
    FRAME_BEFORE_PAYLOAD_IS_FENCED(Mutation.of("engine.LoggedCommit", "publish").leavesOut("Memory.fence"),
            Catcher.of("engine.LoggedRulesTest", "shouldAcknowledgeWhatIsInTheLogDurablyAndItsPayloadBefore"),
            "before its payload was durable"),
    PUT_ACKNOWLEDGED_BEFORE_ITS_FRAME(Mutation.of("engine.LoggedCommit", "publish")
            .leavesOut("MetadataDirectory.awaitDurable"),
            Catcher.of("engine.LoggedRulesTest", "shouldAcknowledgeWhatIsInTheLogDurablyAndItsPayloadBefore"),
            "a put was acknowledged"),
    DELETE_ACKNOWLEDGED_BEFORE_ITS_FRAME(Mutation.of("engine.LoggedCommit", "delete")
            .leavesOut("MetadataDirectory.awaitDurable"),
            Catcher.of("engine.LoggedRulesTest", "shouldAcknowledgeWhatIsInTheLogDurablyAndItsPayloadBefore"),
            "a delete was acknowledged"),
    HEADER_OF_SESSION_NOT_IN_LOG(Mutation.of("engine.LoggedCommit", "writeHeader")
            .leavesOut("MetadataDirectory.awaitDurable"),
            Catcher.of("engine.LoggedRulesTest", "shouldAcknowledgeWhatIsInTheLogDurablyAndItsPayloadBefore"),
            "the header of the session was acknowledged"),
    REUSED_BEFORE_FRAME_IS_DURABLE(Mutation.of("engine.LoggedCommit", "reusable").returns(Long.MAX_VALUE),
            Catcher.of("engine.LoggedRulesTest", "shouldReuseNoExtentBeforeTheFrameThatRetiredItIsDurable"),
            "an extent is used again"),

    // commits in place
    REUSED_BEFORE_FENCE(Mutation.of("engine.InPlaceCommit", "reusable").returns(Long.MAX_VALUE),
            Catcher.of("engine.CommitRulesTest", "shouldCallReusableOnlyWhatIsDurablyRetired"), "is used again before"),
    REUSED_ONE_FENCE_EARLY(Mutation.of("engine.InPlaceCommit", "reusable").ignoresSecondOperandOf(Opcode.LSUB),
            Catcher.of("engine.CommitRulesTest", "shouldCallReusableOnlyWhatIsDurablyRetired"), "is used again before"),
    RETIREMENT_NOT_FLUSHED_BY_ITS_LANE(Mutation.of("engine.InPlaceCommit", "fence").leavesOut("SlotTable.flush"),
            Catcher.of("engine.CommitRulesTest", "shouldCallReusableOnlyWhatIsDurablyRetired"), "is used again before"),
    RETIREMENT_NOT_FLUSHED_BY_ITS_STRIPE(Mutation.of("engine.InPlaceCommit", "publish")
            .leavesOut("InPlaceCommit.flushUnfenced"),
            Catcher.of("engine.CommitRulesTest", "shouldMakeEveryRetirementOfAStripeDurableBeforeItsKeyIsDeleted"),
            "an older version came back"),
    DELETE_WITHOUT_ITS_FIRST_FENCE(Mutation.of("engine.InPlaceCommit", "delete").leavesOut("InPlaceCommit.fence")
            .number(1, 2), Catcher.of("engine.DeleteCrashTest", "shouldNotBringAnOlderVersionBack"),
            "an older version came back"),
    DELETE_WITHOUT_ITS_LAST_FENCE(Mutation.of("engine.InPlaceCommit", "delete").leavesOut("InPlaceCommit.fence")
            .number(2, 2), Catcher.of("engine.CommitRulesTest",
            "shouldMakeEveryRetirementOfAStripeDurableBeforeItsKeyIsDeleted"), "the delete is not durable"),
    REGION_NOT_FENCED_WHERE_THE_TABLES_FENCE_IS_NOT_FOR_IT(Mutation.of("engine.InPlaceCommit", "publish")
            .leavesOut("Memory.fence"), Catcher.of("engine.CommitRulesTest",
            "shouldMakePayloadDurableWhereTheTablesFenceIsNotForIt"), "the payload is not durable"),
    SLOT_USED_BEFORE_ITS_INTENT_IS_FENCED(Mutation.of("engine.InPlaceCommit", "takeSlot")
            .leavesOut("InPlaceCommit.fence"),
            Catcher.of("engine.CommitRulesTest", "shouldCallReusableOnlyWhatIsDurablyRetired"),
            "no durable intent names"),
    WRITES_TAKEN_AFTER_A_FAILED_ONE(Mutation.of("engine.RecordWriter", "requireWritable").returns(0),
            Catcher.of("engine.SlotRulesTest", "shouldTakeNoWritesAndNotSayThatItWasClosedWellAfterAFlushThatFailed"),
            "a write was taken after one had failed"),
    CLOSED_AS_CLEAN_AFTER_A_FAILED_WRITE(Mutation.of("engine.Engine", "settle").takes(0, "RecordWriter.failed")
            .number(2, 2),
            Catcher.of("engine.SlotRulesTest", "shouldTakeNoWritesAndNotSayThatItWasClosedWellAfterAFlushThatFailed"),
            "what the failed write left"),
    STRIPE_NOT_LOCKED(Mutation.of("index.RecordIndex", "tryLock").returns(1),
            Catcher.of("engine.CommitRulesTest", "shouldLetOneWriterAtATimeIntoAStripe"), "two writers in one stripe"),

    // versions only grow
    VERSION_NOT_INCREASED(Mutation.of("index.RecordIndex", "nextVersion").ignoresSecondOperandOf(Opcode.LADD)
            .number(2, 3), Catcher.of("engine.StoreContractTest", "shouldCompareVersions", 0), "expected: <true>"),
    VERSIONS_START_AGAIN(Mutation.of("engine.StoreRecovery", "<init>").takes(0, "StoreHeader.versionCeiling"),
            Catcher.of("engine.StoreContractTest", "shouldKeepRecordsThroughCloseAndOpen", 0), "expected: <true>"),
    CEILING_NOT_RAISED(Mutation.of("engine.RecordWriter", "commit").leavesOut("RecordWriter.raiseCeiling"),
            Catcher.of("engine.CommitRulesTest", "shouldGiveOutNoVersionAboveTheCeilingThatTheHeaderHas"),
            "above the durable ceiling"),
    CEILING_NOT_WRITTEN(Mutation.of("engine.RecordWriter", "raiseCeiling").leavesOut("CommitProtocol.writeHeader"),
            Catcher.of("engine.CommitRulesTest", "shouldGiveOutNoVersionAboveTheCeilingThatTheHeaderHas"),
            "above the durable ceiling"),

    // recovery
    EARLIER_SLOT_STANDS(Mutation.of("recovery.TableScan", "isNewer").returns(0),
            Catcher.of("engine.SlotRulesTest", "shouldTakeTheHigherVersionWhicheverSlotItIsInAndRetireTheOther"),
            "the version that stands"),
    LATER_SLOT_STANDS(Mutation.of("recovery.TableScan", "isNewer").returns(1),
            Catcher.of("engine.SlotRulesTest", "shouldTakeTheHigherVersionWhicheverSlotItIsInAndRetireTheOther"),
            "the version that stands"),
    SUPERSEDED_NOT_RETIRED(Mutation.of("engine.StoreRecovery", "recover").leavesOut("SlotSet.addAll").number(1, 2),
            Catcher.of("engine.SlotRulesTest", "shouldTakeTheHigherVersionWhicheverSlotItIsInAndRetireTheOther"),
            "the other slot is retired"),
    OVERLAPPING_EXTENTS_NOT_NOTICED(Mutation.of("recovery.TableScan$Pass", "markExtents")
            .takes(1, "ExtentAllocator.markUsed"),
            Catcher.of("engine.SlotRulesTest", "shouldRefuseTwoRecordsInOnePlaceAlsoIfBothPayloadsMatch"),
            "nothing was thrown"),
    INTENTS_NOT_CLEARED(Mutation.of("table.IntentLines", "clear").returns(0),
            Catcher.of("engine.SlotRulesTest", "shouldNotExcuseDamageByAnIntentThatRecoveryHasSettled"),
            "all of them are reported"),
    INTENTS_CLEARED_BEFORE_RETIREMENTS_ARE_FENCED(Mutation.of("engine.InPlaceMetadata", "begin")
            .leavesOut("Memory.fence").number(2, 2),
            Catcher.of("engine.SlotRulesTest", "shouldUndoATornPutAlsoIfThePowerFailsInRecovery"),
            "refused after a power loss in recovery"),
    UNCLEAN_MARK_NOT_WRITTEN(Mutation.of("engine.InPlaceMetadata", "begin").leavesOut("HeaderCopies.write"),
            Catcher.of("engine.SlotRulesTest", "shouldSayInTheHeaderThatASessionRunsUntilItIsClosed"),
            "a session runs"),
    PAYLOADS_NOT_COMPARED_AFTER_BOOT(Mutation.of("engine.StoreRecovery", "recover").takes(1, "UUID.equals"),
            Catcher.of("engine.AfterBootTest", "shouldCompareEveryPayload"), "expected: <200>"),
    NO_SPOT_CHECK_IN_SAME_BOOT(Mutation.of("engine.StoreRecovery", "recover").takes(1, "PayloadCheck.spotCheck"),
            Catcher.of("engine.AfterBootTest", "shouldNoticeContentsThatWereReplacedInTheSameBoot"),
            "nothing was thrown"),
    DEFERRED_PAYLOAD_NOT_COMPARED_AT_FIRST_READ(Mutation.of("engine.RecordReader", "isUnverified").returns(0),
            Catcher.of("engine.RecoveryPromisesTest", "shouldStillVerifyAtFirstReadAfterAnotherRestart"),
            "nothing was thrown"),
    BOOT_RECORDED_BEFORE_ALL_IS_COMPARED(Mutation.of("engine.StoreRecovery", "recover")
            .takes(0, "PayloadCheck.deferredCount").number(1, 2),
            Catcher.of("engine.RecoveryPromisesTest", "shouldStillVerifyAtFirstReadAfterAnotherRestart"),
            "nothing was thrown"),
    BAD_MEMORY_REUSED(Mutation.of("engine.StoreRecovery", "drop").takes(0, "SlotSet.contains"),
            Catcher.of("engine.UnreadableMemoryTest", "shouldNotPutRecordsWhereMemoryCouldNotBeRead"),
            "expected: <false>"),

    // the header and its two copies
    OLDER_HEADER_COPY_TAKEN(Mutation.of("table.HeaderCopies", "read").alwaysJumpsAfter("StoreHeader.sequence")
            .number(4, 4), Catcher.of("engine.HeaderRulesTest", "shouldTakeTheNewerCopy"), "expected: <6>"),
    ONLY_GOOD_HEADER_COPY_WRITTEN_FIRST(Mutation.of("table.HeaderCopies", "read").neverJumpsAfter("List.add"),
            Catcher.of("engine.HeaderRulesTest", "shouldHaveOneGoodCopyAtEveryMomentOfAnUpdateThatMendsTheOther"),
            "no good copy is left"),
    GOOD_HEADER_COPY_NOT_FLUSHED_FIRST(Mutation.of("table.HeaderCopies", "write").leavesOut("Memory.flush")
            .number(1, 2), Catcher.of("engine.HeaderRulesTest",
            "shouldHaveOneGoodCopyAtEveryMomentAlsoIfThatWasReadFromAKilledWritersCache"), "no good copy is left"),
    CREATE_NOT_MARKED(Mutation.of("table.HeaderCopies", "beginCreate").returns(0),
            Catcher.of("engine.SlotRulesTest", "shouldTakeACreateThatWasCutShortForNoStore"),
            "a create that was cut short cannot be begun again"),
    MAGIC_BEFORE_HEADER_IS_DURABLE(Mutation.of("table.HeaderCopies", "create").leavesOut("Memory.fence").number(1, 2),
            Catcher.of("engine.HeaderRulesTest", "shouldBeBlankOrWholeAtEveryMomentOfACreate"), "no good copy is left"),
    TABLE_NOT_CLEARED_BY_CREATE(Mutation.of("engine.InPlaceMetadata", "format").leavesOut("Memory.putLong"),
            Catcher.of("proof.store.CreateTest", "shouldCreateAgainAfterACrashAtAnyStoreOfCreate"),
            "expected 0 intact records"),

    // readers and keys
    PINS_IGNORED(Mutation.of("engine.Pins$Snapshot", "contains").returns(0),
            Catcher.of("engine.ReadRulesTest", "shouldNotReuseWhatAViewPins"), "bytes of another record"),
    PINNED_WITHOUT_A_SECOND_LOOK(Mutation.of("engine.PinnedView", "pin").neverJumpsAfter("SlotTable.tail"),
            Catcher.of("engine.ReadRulesTest", "shouldShowNoRecordThatWasGivenBackBeforeThePinWasSeen"),
            "bytes that are not pinned"),
    TAIL_NOT_COMPARED_AFTER_COPY(Mutation.of("engine.RecordReader", "copyNow").takes(1, "RecordReader.unchanged")
            .number(2, 2), Catcher.of("engine.ReadRulesTest",
            "shouldCopyNoBytesOfAnotherRecordThatCameIntoTheExtent"), "bytes of another record"),
    TAIL_NOT_COMPARED_AFTER_WORDS(Mutation.of("engine.RecordReader", "copyNow").takes(1, "RecordReader.unchanged")
            .number(1, 2), Catcher.of("engine.ReadRulesTest", "shouldNotMixWordsOfTwoRecordsThatHadTheSlot"),
            "the length of another record"),
    VERSIONS_OF_STRIPE_NOT_COMPARED(Mutation.of("engine.RecordReader", "findLive").findsEqual().number(3, 3),
            Catcher.of("engine.ReaderRaceTest", "shouldNotMissAKeyThatCameBackToItsSlot"), "expected: <7>"),
    KEY_BYTES_NOT_COMPARED(Mutation.of("table.SlotTable", "hasKey(JLjava/lang/foreign/MemorySegment;")
            .alwaysJumpsAfter("KeyHash.word"),
            Catcher.of("engine.SlotRulesTest", "shouldTellKeysOfTheSameHashByTheirBytes"),
            "another key of the same hash"),
    KEY_BYTES_NOT_COMPARED_BY_WRITERS(Mutation.of("table.SlotTable", "hasKey(JLio/regionstore/table/KeyCopy;")
            .alwaysJumpsAfter("KeyCopy.word"),
            Catcher.of("engine.SlotRulesTest", "shouldTellKeysOfTheSameHashByTheirBytes"),
            "another copied key of the same hash"),
    KEY_BYTES_NOT_COMPARED_BY_RECOVERY(Mutation.of("table.SlotTable", "sameKey").alwaysJumpsAfter("SlotTable.streamWord")
            .number(2, 2), Catcher.of("engine.SlotRulesTest", "shouldTellKeysOfTheSameHashByTheirBytes"),
            "another key of the same hash"),

    // one owner
    RANGE_OF_MEDIUM_NOT_LOCKED(Mutation.of("device.ExclusiveLock", "acquire").leavesOut("ExclusiveLock.lock"),
            Catcher.of("engine.BadInputTest", "shouldNameTheOwnerOfALockedStore", 0), "nothing was thrown"),
    DIRECTORY_NOT_LOCKED(Mutation.of("device.ExclusiveLock", "onFile(I").leavesOut("ExclusiveLock.lock"),
            Catcher.of("device.ExclusiveLockTest", "shouldKeepLockWhenAnotherDescriptorOfTheFileIsClosed"),
            "nothing was thrown");

    final Mutation mutation;
    final Catcher catcher;
    /** What the catcher's finding says, among other things. */
    final String finding;

    MutatedFault(Mutation mutation, Catcher catcher, String finding) {
        this.mutation = mutation;
        this.catcher = catcher;
        this.finding = finding;
    }
}
