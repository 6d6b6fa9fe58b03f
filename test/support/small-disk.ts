/** A disk of a few bytes, which fills up. Takes a folder to be there and its size; gives how to make it larger. Gone with its test. */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { onTestFinished } from 'vitest'

export const smallDisk = (at: string, size: string): { readonly grow: (size: string) => void } => {
  mkdirSync(at, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', at])
  onTestFinished(() => {
    execFileSync('umount', [at])
  })
  return {
    grow: (larger) => {
      execFileSync('mount', ['-o', `remount,size=${larger}`, at])
    },
  }
}
