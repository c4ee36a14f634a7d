# Linux system calls for which perl has no word of its own, by their numbers on this processor.
package Kernel;
use strict;
use warnings;
use POSIX ();

# x86-64 has its own table; arm64, riscv64 and loongarch64 share the generic one.
my %numbers = (
  #              x86-64 generic
  mount         => [165, 40],
  umount2       => [166, 39],
  pivot_root    => [155, 41],
  unshare       => [272, 97],
  prctl         => [157, 167],
  prlimit64     => [302, 261],
  clock_gettime => [228, 113],
);
my $column = { x86_64 => 0, aarch64 => 1, riscv64 => 1, loongarch64 => 1 }->{ (POSIX::uname())[4] };

use constant {
  NEW_MOUNTS => 0x00020000, NEW_HOST => 0x04000000, NEW_IPC => 0x08000000,
  NEW_PIDS => 0x20000000, NEW_NETWORK => 0x40000000,
  READ_ONLY => 1, NO_SUID => 2, NO_DEVICES => 4, REMOUNT => 32, BIND => 4096,
  RECURSIVE => 16384, PRIVATE => 1 << 18, DETACH => 2,
  LIMIT_FILE_BYTES => 1, LIMIT_CORE => 4, LIMIT_PROCESSES => 6, LIMIT_OPEN_FILES => 7,
  WALL => 0, MONOTONIC => 1,
};

sub number {
  my ($name) = @_;
  die "$name: unknown processor\n" unless defined $column;
  return $numbers{$name}[$column];
}

# Arguments are copied: perl refuses to pass the address of a literal.
sub call {
  my ($name, @arguments) = @_;
  my $result = syscall(number($name), @arguments);
  die "$name: $!\n" if $result == -1;
  return $result;
}

sub unshare { call('unshare', $_[0]) }

# A file system at $target: its type, flags and options as for mount(2).
sub mount_at {
  my ($source, $target, $type, $flags, $options) = @_;
  eval { call('mount', $source, $target, $type, $flags, $options); 1 } or die "$target: $@";
}

# Shows $source at $target too; read-only where asked.
sub bind_at {
  my ($source, $target, $read_only) = @_;
  mount_at($source, $target, 'none', BIND, '');
  my $flags = BIND | REMOUNT | READ_ONLY | NO_SUID;
  mount_at($source, $target, 'none', $flags, '') if $read_only;
}

# Makes $root the only file system tree that this mount namespace can reach.
sub pivot {
  my ($root, $old) = @_;
  call('pivot_root', $root, "$root/$old");
  chdir '/' or die "chdir: $!\n";
  call('umount2', "/$old", DETACH);
}

sub limit {
  my ($resource, $most) = @_;
  call('prlimit64', 0, $resource, pack('QQ', $most, $most), 0);
}

# SIGKILL for this process when its parent dies.
sub die_with_parent { call('prctl', 1, 9, 0, 0, 0) }

# Orphans below this process become its children.
sub adopt_orphans { call('prctl', 36, 1, 0, 0, 0) }

# Nothing that is executed from here on may gain a privilege.
sub drop_privileges {
  for my $capability (0 .. 63) {
    eval { call('prctl', 24, $capability, 0, 0, 0); 1 } or last;
  }
  call('prctl', 38, 1, 0, 0, 0);
}

# Milliseconds of a clock.
sub milliseconds {
  my ($clock) = @_;
  my $time = pack('qq', 0, 0);
  die "clock_gettime: $!\n" if syscall(number('clock_gettime'), $clock, $time) == -1;
  my ($seconds, $nanoseconds) = unpack('qq', $time);
  return $seconds * 1000 + int($nanoseconds / 1_000_000);
}

1;
