# Runs one stage of a scenario, then enters the next kernel or switches the machine off. Words on the kernel's command
# line say which: scenario=, stage=, seed=, delay= (milliseconds of load before the blow), and in some stages region= and
# metadata=. Lines "LAB …" on the second serial port are what the host judges; all else goes to the console.

for word in $(cat /proc/cmdline); do
  case $word in
    scenario=* | stage=* | seed=* | delay=* | region=* | metadata=*) eval "${word%%=*}='${word#*=}'" ;;
  esac
done

# A reset starts the same kernel with the same command line: then the end of the journal's disk says which stage it is.
marked=$(dd if=/dev/vdc bs=512 skip=2047 count=1 2>/dev/null | tr -d '\0 ')
stage=${marked:-$stage}

say() { echo "LAB $*" >/dev/ttyS1; }

end() {
  say "end"
  poweroff -f
}

fail() {
  say "failed scenario=$scenario stage=$stage reason: $*"
  end
}

# guest CLASS ARGUMENTS: a program of io.regionstore.lab.guest; its standard output is the second serial port. With
# as=exec it takes the place of this shell. What the optimizing compiler (C2) gains is not worth its time here.
as=
domain=KERNEL
damage=REFUSE
compiler=-XX:TieredStopAtLevel=1
heap=-Xmx512m
guest() {
  program=$1
  shift
  # shellcheck disable=SC2046 # a list of words
  $as /tools/jre/bin/java -XX:AOTCache=/tools/lab/cache.aot $(cat /tools/lab/options) $compiler $heap \
    -XX:+ErrorFileToStderr -XX:+DisplayVMOutputToStderr -Ddomain=$domain \
    -Ddamage=$damage -cp "$(cat /tools/lab/classpath)" \
    "io.regionstore.lab.guest.$program" "$@" >/dev/ttyS1
}

# load WORDS: makes the next kernel ready: this one's command line, one stage on, plus the words given
load() {
  load_line "$(sed -e "s/ stage=$stage/ stage=$((stage + 1))/" /proc/cmdline) $*"
}

load_line() {
  /tools/sbin/kexec -c -l /tools/boot/vmlinuz --initrd=/tools/boot/initramfs --command-line="$1" \
    || fail "kexec cannot load the next kernel"
}

blow() {
  /tools/sbin/kexec -e
  fail "kexec -e came back"
}

# alive PID: whether it is there and not a zombie
alive() {
  case $(cat "/proc/$1/stat" 2>/dev/null) in
    '' | *') Z '*) return 1 ;;
  esac
}

# under_load RUN REGION METADATA: starts the writer and returns in the middle of its work
under_load() {
  rm -f /run/writing
  (
    as=exec
    guest Writer "$2" "$3" "$1" "$seed" /run/writing
  ) &
  writer=$!
  until [ -e /run/writing ]; do
    alive $writer || fail "the writer of run $1 ended early"
    usleep 50000
  done
  usleep $((delay * 1000))
  alive $writer || fail "the writer of run $1 ended before the blow"
}

metadata_on_disk() {
  mount -t ext4 /dev/vdb /data || fail "the second disk cannot be mounted"
}

# metadata_sum: one checksum over the names and bytes of the metadata directory
metadata_sum() {
  say "metadata files=$(find /data/meta -type f | wc -l)" \
    "sum=$(find /data/meta -type f | sort | xargs sha256sum | sha256sum | cut -d' ' -f1)"
}

# devices: what the kernel shows now
devices() {
  for device in /sys/bus/dax/devices/*; do
    [ -e "$device" ] || continue
    say "device name=${device##*/} start=$(cat "$device/resource") size=$(cat "$device/size")" \
      "driver=$(basename "$(readlink "$device/driver")")"
  done
  say "devices count=$(ls /sys/bus/dax/devices 2>/dev/null | wc -l)"
}

# check REGION METADATA RUNS: prints what is there, or why opening was refused
check() {
  guest Checker "$@" || fail "the checker ended early"
}

# refused REGION: tries to open the store whose metadata is on the disk
refused() {
  metadata_sum
  check "$1" directory:/data/meta 1
  metadata_sum
}

# range DEVICE: its place in physical memory, as a medium
range() {
  echo "physical:$(cat /sys/bus/dax/devices/$1/resource):$(cat /sys/bus/dax/devices/$1/size)"
}

# split_device: dax0.0 cannot be destroyed, only emptied; its range then goes to dax0.1 and dax0.2
split_device() {
  /tools/sbin/daxctl disable-device dax0.0 \
    && echo 0 >/sys/bus/dax/devices/dax0.0/size \
    && /tools/sbin/daxctl create-device -r 0 -s 504M \
    && /tools/sbin/daxctl create-device -r 0 \
    || fail "the device cannot be split"
}

# use_all_memory: writes more than there is outside the former range, so that some of it is in there
use_all_memory() {
  mkdir /fill
  mount -t tmpfs -o size=2700M none /fill
  dd if=/dev/zero of=/fill/all bs=1M count=2500 2>/dev/null || fail "memory cannot be filled"
  umount /fill
}

# load_crash: makes ready the kernel that a panic enters. Its memory map has nothing but what crashkernel= kept for it, so
# its memmap= must add the range; START-1+… would look for a range of memory there, to change its type.
load_crash() {
  /tools/sbin/kexec -c -p /tools/boot/vmlinuz --initrd=/tools/boot/initramfs --command-line="$(sed \
    -e "s/ stage=$stage/ stage=$((stage + 1))/" -e 's/ crashkernel=[^ ]*//' -e 's/-1+0xefffffff/+0xefffffff/' \
    /proc/cmdline) nokaslr nr_cpus=1 reset_devices" \
    || fail "kexec cannot load the crash kernel"
}

# mark_stage STAGE: what comes after a reset
mark_stage() {
  printf '%-512s' "$1" | dd of=/dev/vdc bs=512 seek=2047 conv=fsync,notrunc 2>/dev/null || fail "the stage cannot be noted"
}

# interrupt MOMENT: opens the store and enters the next kernel when the opener has stopped itself inside recovery
interrupt() {
  load
  (
    as=exec
    guest Opener $large_table "$1" "$seed"
  ) &
  opener=$!
  until grep -q ') T ' /proc/$opener/stat; do
    alive $opener || fail "the opener ended early"
    usleep 20000
  done
  blow
}

# the less metadata, the less time its table takes
slices="device:/dev/dax0.0:0:0x1f000000 device:/dev/dax0.0:0x1f000000:0x800000"
large_table="device:/dev/dax0.0:0:0x1f000000 device:/dev/dax0.0:0x1f000000:0x1000000"
on_disk="device:/dev/dax0.0 directory:/data/meta"
case $scenario-$stage in
  machine-1)
    guest RawPattern write /dev/dax0.0 "$seed" || fail "the pattern was not written"
    split_device
    devices
    load
    blow
    ;;
  machine-2)
    devices
    guest RawPattern compare /dev/dax0.0 "$seed" || fail "the pattern was not compared"
    end
    ;;

  slices-1)
    load
    under_load 1 $slices
    kill -9 $writer
    wait $writer
    check $slices 1
    under_load 2 $slices
    blow
    ;;
  slices-2)
    check $slices 1 2
    end
    ;;

  directory-1)
    metadata_on_disk
    load
    under_load 1 $on_disk
    blow
    ;;
  directory-2)
    metadata_on_disk
    check $on_disk 1
    end
    ;;

  unprotected-1)
    metadata_on_disk
    load_line "$(sed -e 's/ memmap=/ later=/' -e "s/ stage=1/ stage=2/" /proc/cmdline)"
    under_load 1 $on_disk
    blow
    ;;
  unprotected-2)
    metadata_on_disk
    devices
    refused device:/dev/dax0.0
    refused physical:0x40000000:0x20000000
    umount /data
    use_all_memory
    load_line "$(sed -e 's/ later=/ memmap=/' -e "s/ stage=2/ stage=3/" /proc/cmdline)"
    blow
    ;;
  unprotected-3)
    metadata_on_disk
    devices
    refused device:/dev/dax0.0
    end
    ;;

  split-1)
    split_device
    devices
    load "region=$(range dax0.1) metadata=$(range dax0.2)"
    under_load 1 device:/dev/dax0.1 device:/dev/dax0.2
    blow
    ;;
  split-2)
    devices
    check "$region" "$metadata" 1
    check device:/dev/dax0.1 "$metadata" 1
    end
    ;;

  panic-1)
    load_crash
    under_load 1 $slices
    echo c >/proc/sysrq-trigger
    fail "the kernel did not panic"
    ;;
  panic-2)
    say "memory kilobytes=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)"
    heap=-Xmx48m
    check $slices 1
    end
    ;;

  reset-1)
    domain=PLATFORM
    compiler=
    mark_stage 2
    under_load 1 $slices
    echo b >/proc/sysrq-trigger
    fail "the machine did not reset"
    ;;
  reset-2)
    domain=PLATFORM
    compiler=
    check $slices 1
    end
    ;;

  interrupted-1)
    load
    under_load 1 $large_table
    blow
    ;;
  interrupted-2)
    interrupt looking
    ;;
  interrupted-3)
    interrupt acting
    ;;
  interrupted-4)
    check $large_table 1
    end
    ;;

  poison-1)
    mkdir /memory
    mount -t tmpfs none /memory
    load
    for run in 1 2; do
      media=$slices
      [ $run = 1 ] || media="file:/memory/region:0x10000000 file:/memory/metadata:0x800000"
      under_load $run $media
      kill -9 $writer
      wait $writer
      guest Poison $media
      say "poisoned code=$? kilobytes=$(sed -n 's/^HardwareCorrupted: *\([0-9]*\) kB/\1/p' /proc/meminfo)"
      check $media $run
    done
    damage=DROP
    check $media 2
    blow
    ;;
  poison-2)
    check $slices 1
    end
    ;;

  *) fail "no such scenario and stage" ;;
esac
