"""What goes wrong on a real machine: processes, servers, disks and clocks that fail."""
