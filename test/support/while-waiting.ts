/**
 * What happens to a host while a step waits for it. Takes the host, which has `waiting` among its commands, and a shell script; the
 * step has then looked in vain at least once, however slow the machine is.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ShellHost } from './shell-host.ts'

/** A `sleep` that runs the script. */
export const waiting = fileURLToPath(new URL('../fixtures/waiting', import.meta.url))

export const meanwhile = ({ root }: ShellHost, script: string): void =>
  writeFileSync(join(root, 'meanwhile'), script)
