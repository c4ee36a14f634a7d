# Starts tasks: reads task folders from standard input, one a line, and forks a keeper for each.
# A keeper outlives this process and the supervisor: it starts its task, keeps the log within its
# bound, ends the task at its time limit or when told, and writes down how the task ended.
#
#   launcher ──fork──► keeper ──fork──► init (process 1 of the task's namespace) ──fork──► task
use strict;
use warnings;
use Errno qw(EINTR EAGAIN);
use Fcntl qw(O_WRONLY O_CREAT O_EXCL O_NONBLOCK O_APPEND);
use POSIX qw(:sys_wait_h);
BEGIN { require(__FILE__ =~ s{[^/]*\z}{}r . 'kernel.pl') }

use constant { CHUNK_BYTES => 65_536, ALL_NAMESPACES => Kernel::NEW_MOUNTS | Kernel::NEW_HOST
    | Kernel::NEW_IPC | Kernel::NEW_NETWORK };

my %plan;

# A plan is 'key=value' between NUL bytes; keys such as 'argument' come more than once.
sub read_plan {
  open(my $file, '<:raw', 'plan') or die "plan: $!\n";
  local $/;
  %plan = ();
  for my $field (split /\0/, <$file>) {
    my ($key, $value) = split /=/, $field, 2;
    push @{ $plan{$key} }, $value;
  }
}

sub one { my ($key) = @_; return $plan{$key} ? $plan{$key}[0] : undef }
sub all { my ($key) = @_; return $plan{$key} ? @{ $plan{$key} } : () }
sub pairs { return map { [split /\n/, $_, 2] } all($_[0]) }

# A file is seen whole or not at all.
sub write_record {
  my ($name, %record) = @_;
  open(my $file, '>:raw', "$name.new") or die "$name: $!\n";
  print $file map { "$_ $record{$_}\n" } grep { defined $record{$_} } sort keys %record;
  close($file) or die "$name: $!\n";
  rename("$name.new", $name) or die "$name: $!\n";
}

# When this process began, in ticks since the machine booted: with the pid, its identity.
sub born {
  open(my $file, '<', "/proc/$$/stat") or return 0;
  my ($after_name) = <$file> =~ /.*\) (.*)/s;
  return (split / /, $after_name)[19];
}

# Tells whoever supervises now; nobody may be there.
sub announce {
  my ($event) = @_;
  sysopen(my $events, one('events'), O_WRONLY | O_NONBLOCK) or return;
  syswrite($events, one('id') . " $event\n");
}

sub write_value {
  my ($path, $value) = @_;
  open(my $file, '>', $path) or die "$path: $!\n";
  syswrite($file, $value) // die "$path: $!\n";
}

# ---- the task itself -------------------------------------------------------------------------

sub become_task {
  my ($log) = @_;
  $SIG{$_} = 'DEFAULT' for qw(TERM INT USR1 USR2 PIPE CHLD);
  POSIX::setpgid(0, 0);
  open(STDIN, '<', '/dev/null');
  POSIX::dup2(fileno($log), 1);
  POSIX::dup2(fileno($log), 2);
  umask 022;
  Kernel::limit(Kernel::LIMIT_CORE, 0);
  Kernel::limit(Kernel::LIMIT_OPEN_FILES, one('openFiles'));
  Kernel::limit(Kernel::LIMIT_FILE_BYTES, one('fileBytes'));
  if (one('isolated')) {
    my $uid = one('uid');
    Kernel::limit(Kernel::LIMIT_PROCESSES, one('processes'));
    $) = "$uid $uid";
    POSIX::setgid($uid) or die "setgid: $!\n";
    # The capability bounds go while root still may drop them.
    Kernel::drop_privileges();
    POSIX::setuid($uid) or die "setuid: $!\n";
    die "still root\n" if $< == 0 || $> == 0;
  }
  else {
    Kernel::die_with_parent();
    Kernel::drop_privileges();
  }
  chdir one('folder') or die one('folder') . ": $!\n";
  %ENV = map { split /=/, $_, 2 } all('environment');
  my @command = all('argument');
  exec { $command[0] } @command
    or do { print STDERR "kapok: $command[0]: $!\n"; POSIX::_exit($!{ENOENT} ? 127 : 126) };
}

# ---- init: process 1 of the task's own namespaces ---------------------------------------------

sub enter_isolation {
  Kernel::unshare(ALL_NAMESPACES);
  my $root = one('root');
  Kernel::bind_at(@$_, 0) for pairs('bind');
  Kernel::bind_at(@$_, 1) for pairs('bindReadOnly');
  my $flags = Kernel::NO_SUID | Kernel::NO_DEVICES;
  Kernel::mount_at('proc', "$root/proc", 'proc', $flags, 'hidepid=2');
  Kernel::pivot($root, '.old');
}

sub children {
  my $pid = shift // $$;
  open(my $file, '<', "/proc/$pid/task/$pid/children") or return;
  return split ' ', <$file> // '';
}

# Ends whatever is left below this process; orphans come up to it until none is left.
sub end_the_rest {
  while (1) {
    kill 'KILL', children();
    my $pid = waitpid(-1, 0);
    return if $pid == -1 && !$!{EINTR};
  }
}

sub run_init {
  my ($log, $said) = @_;
  my $task = 0;
  $SIG{$_} = 'IGNORE' for qw(INT USR1 USR2);
  $SIG{TERM} = sub { kill 'TERM', -$task if $task };
  Kernel::die_with_parent();
  write_value($_, "0\n") for all('join');
  if (one('isolated')) { enter_isolation() }
  else { Kernel::adopt_orphans() }
  $task = fork // die "fork: $!\n";
  if ($task == 0) {
    eval { become_task($log) };
    print STDERR "kapok: $@";
    POSIX::_exit(126);
  }
  POSIX::setpgid($task, $task);
  close $log;
  syswrite($said, "started\n");
  my $status;
  while (1) {
    my $pid = waitpid(-1, 0);
    last if $pid == -1 && !$!{EINTR};
    if ($pid == $task) { $status = $?; last }
  }
  syswrite($said, "ended $status\n") if defined $status;
  end_the_rest() unless one('isolated');
}

# ---- keeper ----------------------------------------------------------------------------------

# The log keeps its first half, and of what follows the newest quarter to half, in parts.
my ($log_size, $log_file, $log_part) = (0, undef, -1);

sub write_log {
  my ($bytes) = @_;
  my $half = one('logPart') * 2;
  while (length $bytes) {
    my $part = $log_size < $half ? -1 : int(($log_size - $half) / one('logPart'));
    if (!$log_file || $part != $log_part) {
      my $name = $part < 0 ? 'log' : "log.$part";
      sysopen($log_file, $name, O_WRONLY | O_CREAT | O_APPEND, 0600) or return;
      unlink 'log.' . ($part - 2) if $part >= 2;
      $log_part = $part;
    }
    my $room = $part < 0 ? $half - $log_size : $half + ($part + 1) * one('logPart') - $log_size;
    my $piece = substr($bytes, 0, $room, '');
    # What a full disk does not take is dropped: the task is not to hang on its log.
    syswrite($log_file, $piece);
    $log_size += length $piece;
  }
}

sub make_cgroups {
  mkdir $_ or $!{EEXIST} or die "$_: $!\n" for all('cgroup');
  write_value(@$_) for pairs('set');
}

sub out_of_memory {
  my $path = one('memoryEvents') // return 0;
  open(my $file, '<', $path) or return 0;
  return grep { /^oom_kill ([1-9])/ } <$file>;
}

# Starts init; what init says comes on the first handle, what the task prints on the second.
sub start_init {
  pipe(my $said, my $said_end) or die "pipe: $!\n";
  pipe(my $log, my $log_end) or die "pipe: $!\n";
  Kernel::unshare(Kernel::NEW_PIDS) if one('isolated');
  my $init = fork // die "fork: $!\n";
  if ($init == 0) {
    eval { run_init($log_end, $said_end); 1 } or syswrite($said_end, "failed $@");
    POSIX::_exit(0);
  }
  return ($init, $said, $log);
}

# Follows the task until nothing of it is left; returns what is to be recorded.
sub follow {
  my ($asked) = @_;
  my ($init, $said, $log) = start_init();
  my ($heard, $ending, $kill_at, %record) = ('', 0);
  my ($began, $limit_at);
  my $end_now = sub { kill 'KILL', $init; $ending = 2 };
  while ($said || $log) {
    my $now = Kernel::milliseconds(Kernel::MONOTONIC);
    $$asked //= 'time-limit' if $limit_at && $now >= $limit_at && !defined $record{status};
    if (defined $$asked && $ending < 2) {
      if ($$asked =~ /^now (.*)/) { $record{cause} //= $1; $end_now->() }
      elsif ($began && !$ending) {
        $record{cause} //= $$asked;
        kill 'TERM', $init;
        ($ending, $kill_at) = (1, $now + one('graceMs'));
      }
      $end_now->() if $kill_at && $now >= $kill_at;
    }
    my $bits = '';
    vec($bits, fileno($_), 1) = 1 for grep { $_ } $said, $log;
    my $next = $ending == 1 ? $kill_at : $ending ? undef : $limit_at;
    # Never long: a signal that came just before would not interrupt the wait.
    my $wait = defined $next && $next - $now < 1000 ? ($next - $now) / 1000 : 1;
    next if select($bits, undef, undef, $wait < 0 ? 0 : $wait) <= 0;
    if ($said && vec($bits, fileno($said), 1)) {
      if (!sysread($said, $heard, CHUNK_BYTES, length $heard)) {
        $said = undef;
        waitpid($init, 0);
        end_the_rest() unless one('isolated');
      }
      while ($heard =~ s/^(\w+) ?(.*)\n//) {
        my $clock = Kernel::milliseconds(Kernel::MONOTONIC);
        if ($1 eq 'started') {
          ($began, $limit_at) = ($clock, $clock + one('limitMs'));
          $record{startedAt} = Kernel::milliseconds(Kernel::WALL);
          write_record('started', startedAt => $record{startedAt}, monotonicMs => $began);
          announce('started');
        }
        elsif ($1 eq 'ended') { @record{qw(status ranMs)} = ($2, $clock - $began) }
        else { @record{qw(cause detail)} = ('refused', $2) }
      }
    }
    if ($log && vec($bits, fileno($log), 1)) {
      my $count = sysread($log, my $bytes, CHUNK_BYTES);
      if ($count) { write_log($bytes) }
      elsif (defined $count) { $log = undef }
    }
  }
  if ($began && !defined $record{status}) {
    # The last signal went to all at once, init included.
    @record{qw(status ranMs)} = (9, Kernel::milliseconds(Kernel::MONOTONIC) - $began);
  }
  return %record;
}

sub keep {
  my ($folder) = @_;
  POSIX::setsid();
  my $asked;
  $SIG{CHLD} = 'DEFAULT';
  $SIG{PIPE} = 'IGNORE';
  $SIG{TERM} = sub { $asked //= 'stopped' };
  $SIG{INT} = sub { $asked = 'now stopped' };
  $SIG{USR1} = sub { $asked = 'now disk-limit' };
  $SIG{USR2} = sub { $asked = 'now memory-limit' };
  chdir $folder or die "$folder: $!\n";
  # Only one keeper for a task, whoever asked for it.
  sysopen(my $claim, 'keeper', O_WRONLY | O_CREAT | O_EXCL, 0600) or return;
  syswrite($claim, "pid $$\nborn " . born() . "\n");
  read_plan();
  Kernel::adopt_orphans() unless one('isolated');
  my %record = eval { make_cgroups(); follow(\$asked) };
  %record = (cause => 'refused', detail => $@ =~ s/\n//gr) if $@;
  if (defined(my $status = delete $record{status})) {
    if ($status & 127) { $record{signal} = $status & 127 }
    else { $record{code} = $status >> 8 }
    $record{cause} //= $status != 0 && out_of_memory() ? 'memory-limit' : 'exit';
  }
  $record{cause} //= 'lost';
  $record{endedAt} = Kernel::milliseconds(Kernel::WALL);
  write_record('exit', %record);
  rmdir $_ for all('cgroup');
  announce('ended');
}

$SIG{CHLD} = 'IGNORE';
while (defined(my $folder = <STDIN>)) {
  chomp $folder;
  my $keeper = fork;
  if (!defined $keeper) { print STDERR "fork: $!\n"; next }
  next if $keeper;
  close STDIN;
  open(STDIN, '<', '/dev/null');
  eval { keep($folder); 1 } or print STDERR "$folder: $@";
  POSIX::_exit(0);
}
