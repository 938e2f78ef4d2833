/** Names the disk of a folder, so that folders on one disk of one machine are known to share it. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Of this machine: on Linux, random and made at each start of it. Cut, so that the id of a disk has at most 64 characters. */
const MACHINE_CHARS_MAX = 40;
let machine: string | null = null;

/** @param device number of the file system, of stat(2) */
export function diskIdOf(device: number): string {
  machine ??= machineName();
  return `${machine}-${device}`;
}

function machineName(): string {
  let name: string;
  try {
    name = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
  } catch {
    name = hostname();
  }
  return name.replace(/[^A-Za-z0-9._-]/g, '').slice(0, MACHINE_CHARS_MAX);
}
