# Runs one stage of a scenario, then enters the next kernel or switches the machine off. Words on the kernel's command
# line say which: scenario=, stage=, delay= (milliseconds of load before the blow). Lines "LAB …" on the second serial
# port are what the host judges; everything else goes to the console.

for word in $(cat /proc/cmdline); do
  case $word in
    scenario=* | stage=* | delay=* | region=* | metadata=* | memmap=*) eval "${word%%=*}='${word#*=}'" ;;
  esac
done

say() { echo "LAB $*" >/dev/ttyS1; }

end() {
  say "end"
  poweroff -f
}

fail() {
  say "failed scenario=$scenario stage=$stage reason: $*"
  end
}

# guest CLASS ARGUMENTS: a program of io.regionstore.lab.guest; its standard output is the second serial port
guest() {
  program=$1
  shift
  /tools/jre/bin/java -XX:+UseSerialGC -Xmx512m --enable-native-access=ALL-UNNAMED \
    --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED -cp "$(cat /tools/lab/classpath)" \
    "io.regionstore.lab.guest.$program" "$@" >/dev/ttyS1
}

# load WORDS: makes the next kernel ready: this one's command line, one stage on, plus the words given
load() {
  line=$(sed -e "s/ stage=$stage/ stage=$((stage + 1))/" /proc/cmdline)
  load_line "$line $*"
}

load_line() {
  /tools/sbin/kexec -c -l /tools/boot/vmlinuz --initrd=/tools/boot/initramfs --command-line="$1" \
    || fail "kexec cannot load the next kernel"
}

blow() {
  /tools/sbin/kexec -e
  fail "kexec -e came back"
}

pattern=0x5eed
case $scenario-$stage in
  harness-1)
    guest RawPattern write /dev/dax0.0 $pattern || fail "pattern was not written"
    load
    blow
    ;;
  harness-2)
    guest RawPattern compare /dev/dax0.0 $pattern || fail "pattern was not compared"
    end
    ;;
  *) fail "no such scenario and stage" ;;
esac
