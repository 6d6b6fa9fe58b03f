/** The full log of every run, redacted, readable by its owner alone. Keeps the newest twenty. */
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Emit } from '../run/events.ts'

const keep = 20

export type LogFile = { readonly path: string; readonly emit: Emit; readonly close: () => void }

export const openLog = (folder: string, command: string, redact: (text: string) => string): LogFile => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(
    folder,
    `${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}-${command}-${process.pid}.log`,
  )
  const file = openSync(path, 'wx', 0o600)
  const old = readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .toSorted()
    .slice(0, -keep)
  for (const name of old) rmSync(join(folder, name), { force: true })
  return {
    path,
    emit: (event) => {
      writeSync(file, `${new Date().toISOString()} ${redact(JSON.stringify(event))}\n`)
    },
    close: () => closeSync(file),
  }
}
