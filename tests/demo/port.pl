#!/usr/bin/perl
# A free port of the loopback address.
# Usage: port.pl          prints one that nobody listens on.
#        port.pl FILE     listens on one until it is ended, and answers nobody; FILE gets its number.
use strict;
use warnings;
use Socket;

my $file = shift;
socket(my $server, PF_INET, SOCK_STREAM, 6) or die "socket: $!\n";
bind($server, pack_sockaddr_in(0, INADDR_LOOPBACK)) or die "bind: $!\n";
my ($port) = unpack_sockaddr_in(getsockname $server);
if (!defined $file) {
    print "$port\n";
    exit 0;
}
listen($server, 1) or die "listen: $!\n";
open my $out, '>', "$file.new" or die "$file: $!\n";
print $out "$port\n";
close $out;
rename "$file.new", $file or die "$file: $!\n";
sleep;
