# Builds the root that tasks see, in a mount namespace of its own, and runs a command there.
# usage: perl /.../root.pl ROOT NODE EXAMPLES FIRST_UID UIDS COMMAND...
use strict;
use warnings;
BEGIN { require(__FILE__ =~ s{[^/]*\z}{}r . 'kernel.pl') }

my ($root, $node, $examples, $first_uid, $uids, @command) = @ARGV;

sub write_file {
  my ($path, $text) = @_;
  open(my $file, '>', $path) or die "$path: $!\n";
  print $file $text;
  close $file;
}

sub make_folders { for my $path (@_) { mkdir $path or die "$path: $!\n" } }

sub accounts {
  my @ids = ($first_uid .. $first_uid + $uids - 1);
  write_file('etc/passwd', join '', "root:x:0:0::/:/bin/sh\n",
    map { "task$_:x:$_:$_:\:/work:/bin/sh\n" } @ids);
  write_file('etc/group', join '', "root:x:0:\n", map { "task$_:x:$_:\n" } @ids);
}

sub system_folders {
  Kernel::bind_at('/usr', "$root/usr", 1);
  for my $name (qw(bin sbin lib lib32 lib64)) {
    if (my $target = readlink "/$name") { symlink $target, $name or die "$name: $!\n" }
    elsif (-d "/$name") { mkdir $name; Kernel::bind_at("/$name", "$root/$name", 1) }
  }
  if (-d '/etc/alternatives') {
    mkdir 'etc/alternatives';
    Kernel::bind_at('/etc/alternatives', "$root/etc/alternatives", 1);
  }
  if (open my $cache, '<:raw', '/etc/ld.so.cache') {
    local $/;
    write_file('etc/ld.so.cache', <$cache>);
  }
}

sub devices {
  for my $name (qw(null zero full random urandom)) {
    write_file("dev/$name", '');
    Kernel::bind_at("/dev/$name", "$root/dev/$name", 0);
  }
  symlink '/proc/self/fd', 'dev/fd';
  symlink "/proc/self/fd/$_->[0]", "dev/$_->[1]" for [0, 'stdin'], [1, 'stdout'], [2, 'stderr'];
  symlink '/tmp', 'dev/shm';
  # Empty places, over which a task that was given cards gets the real devices.
  write_file("dev/$_", '') for map { substr $_, 5 } grep { -c $_ }
    glob '/dev/nvidia* /dev/davinci* /dev/devmm_svm /dev/hisi_hdc';
}

Kernel::unshare(Kernel::NEW_MOUNTS);
Kernel::mount_at('none', '/', 'none', Kernel::PRIVATE | Kernel::RECURSIVE, '');
mkdir $root;
Kernel::mount_at('tmpfs', $root, 'tmpfs', Kernel::NO_SUID, 'mode=755,size=4m');
chdir $root or die "$root: $!\n";
make_folders(qw(usr proc sys dev etc opt opt/node opt/node/bin examples var .old));
make_folders(qw(work output checkpoint tmp data program));
symlink '/tmp', 'var/tmp';
accounts();
system_folders();
devices();
write_file('opt/node/bin/node', '');
Kernel::bind_at($node, "$root/opt/node/bin/node", 1);
Kernel::bind_at($examples, "$root/examples", 1) if -d $examples;
Kernel::mount_at('tmpfs', $root, 'tmpfs',
  Kernel::REMOUNT | Kernel::READ_ONLY | Kernel::NO_SUID, '');
chdir '/';
exec { $command[0] } @command or die "$command[0]: $!\n";
