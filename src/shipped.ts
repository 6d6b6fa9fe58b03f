/**
 * Files that come with the program and are read when it runs: templates, playbooks, the catalog, what hosts are asked to run. Takes a
 * path from the package's root; gives where that is on this machine, or what it says. Stands directly in src, so that it finds the same root when it has
 * been built into dist.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const shipped = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

export const shippedText = (path: string): string => readFileSync(shipped(path), 'utf8')
