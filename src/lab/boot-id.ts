/** Which run of this machine it is: what was changed in an earlier one is gone by itself. */
import { readFile } from 'node:fs/promises'

export const bootId = (): Promise<string> => readFile('/proc/sys/kernel/random/boot_id', 'utf8')
