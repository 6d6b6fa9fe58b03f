/**
 * The log of a run: every event, a line each, with its time, redacted. Takes the folder; gives what events are told to. It is
 * written as it happens, so that a run that is killed leaves its log; readable by its owner alone; the newest twenty are kept.
 */
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage, UserError } from '../errors.ts'
import type { Emit } from '../run/events.ts'
import { safeEvent } from './safe-event.ts'

const keep = 20

export type LogFile = { readonly path: string; readonly emit: Emit; readonly close: () => void }

export const openLog = (
  folder: string,
  command: string,
  redact: (text: string) => string,
  now: () => Date = () => new Date(),
): LogFile => {
  const time = now().toISOString().replaceAll(':', '-').slice(0, 23)
  const path = join(folder, `${time}-${command.replaceAll(/[^a-z0-9-]+/g, '-')}-${process.pid}.log`)
  const file = openNew(folder, path)
  removeOld(folder)
  let broken = false
  return {
    path,
    emit: (event) => {
      if (broken) return
      try {
        // Redacted before it becomes JSON: there, quotes and newlines in a secret look different.
        writeSync(file, `${now().toISOString()} ${JSON.stringify(safeEvent(event, redact))}\n`)
      } catch {
        // A disk that is full ends the log, not the run: the events still go to the reporter.
        broken = true
      }
    },
    close: () => closeSync(file),
  }
}

const openNew = (folder: string, path: string): number => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return openSync(path, 'wx', 0o600)
  } catch (cause) {
    throw new UserError(`cannot write a log in ${folder}: ${errorMessage(cause)}`, {
      cause,
      hint: 'the folder stands beside the cluster file: make it writable',
    })
  }
}

/** Names begin with the time: the last in the alphabet are the newest. */
const removeOld = (folder: string): void => {
  const logs = readdirSync(folder).filter((name) => /^\d{4}-\d\d-\d\dT.*\.log$/.test(name))
  for (const name of logs.toSorted().slice(0, -keep)) rmSync(join(folder, name), { force: true })
}
