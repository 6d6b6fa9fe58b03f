#!/usr/bin/env node
// Starts slipway with a Node that can run it: this one, or the one that comes with the project's dependencies.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dist, isBuilt, source } from './sources.js'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const [major, minor] = process.versions.node.split('.').map(Number)
const newEnough = major > 22 || (major === 22 && minor >= 18)
const own = here('../node_modules/node/bin/node')

/** Compiled once, loaded in half the time from then on. In the user's own cache: where others can write, they could write code. */
const keepCompiled = () => {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
  module.enableCompileCache(join(cache, 'slipway', 'node'))
}

if (newEnough) {
  // Of a host that joins itself and is refused nothing may be left.
  if (process.argv[2] !== 'join') keepCompiled()
  await import(isBuilt() ? `${dist}/cli.js` : source)
} else if (existsSync(own)) {
  const child = spawn(own, [here('slipway.js'), ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal's Ctrl-C reaches both, and the one that works knows how to end; what is sent to this one alone is passed on.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (status, signal) => {
    process.exitCode = signal ? 130 : (status ?? 1)
  })
} else {
  process.stderr.write(`error: slipway needs Node 22.18 or newer, this is ${process.versions.node}\n`)
  process.exitCode = 2
}
