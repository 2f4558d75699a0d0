#!/usr/bin/perl
# A client of a service on the loopback address.
# Usage: ask PORT          one request: prints the answer, or why there is none and ends with 1.
#        ask PORT LOG      requests without pause until TERM: then prints how many there were, how many were lost, the first
#                          answer and the last one; 1 if any was lost. LOG gets a line when an answer has been given for the
#                          hundredth time.
use strict;
use warnings;
use POSIX qw(:signal_h);
use Socket;

my ($port, $log) = @ARGV;
$SIG{PIPE} = 'IGNORE';
$SIG{ALRM} = sub { die "no answer for ten seconds\n" };

# The body of a complete answer; dies if there is none.
sub request {
    alarm 10;
    socket(my $server, PF_INET, SOCK_STREAM, 6) or die "socket: $!\n";
    connect($server, pack_sockaddr_in($port, INADDR_LOOPBACK)) or die "nobody answers on port $port: $!\n";
    syswrite $server, "GET / HTTP/1.0\r\n\r\n" or die "port $port: $!\n";
    my $answer = join '', <$server>;
    alarm 0;
    return $1 if $answer =~ m{^HTTP/1\.0 200 OK\r\n\r\n(.+)\n\z};
    die "port $port: not a complete answer: $answer\n";
}

if (!defined $log) {
    my $answer = eval { request() };
    print defined $answer ? "$answer\n" : $@;
    exit(defined $answer ? 0 : 1);
}

my ($requests, $lost, $first, $last, %times) = (0, 0);

# TERM is looked for between two requests and disturbs none.
my $term = POSIX::SigSet->new(SIGTERM);
sigprocmask(SIG_BLOCK, $term);

sub is_over {
    my $pending = POSIX::SigSet->new;
    sigpending($pending);
    return $pending->ismember(SIGTERM);
}

open my $out, '>', $log or die "$log: $!\n";
$out->autoflush(1);
until (is_over()) {
    $requests++;
    my $answer = eval { request() };
    if (!defined $answer) {
        warn $@ if !$lost++;
        next;
    }
    $first //= $answer;
    $last = $answer;
    print $out "$answer\n" if ++$times{$answer} == 100;
}
print "$requests requests, $lost lost\n";
print "first answer: $first\nlast answer:  $last\n" if defined $first;
exit($lost || !defined $first ? 1 : 0);
