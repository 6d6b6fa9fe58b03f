// Builds the program into dist, and with it what it depends on: a few files instead of some five hundred, which Node takes twice the
// time to find and to load. What each command needs by itself stays apart from the others. `npm ci` calls this, and whoever makes a
// package; a checkout whose sources have changed since runs these. ssh2 finds its parts by where it stands, and stays there.
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { dist, isBuilt, record, source, sourcesNow } from './sources.js'

const build = async (rolldown) => {
  // As they were before: what is changed meanwhile may be in it or not.
  const sources = sourcesNow()
  const folder = `${dist}-${process.pid}`
  const bundle = await rolldown({ input: source, platform: 'node', external: ['ssh2'] })
  await bundle.write({ dir: folder, format: 'esm' })
  await bundle.close()
  writeFileSync(`${folder}/${record}`, sources)
  rmSync(dist, { recursive: true, force: true })
  renameSync(folder, dist)
}

const bundler = await import('rolldown').catch(() => undefined)
if (!bundler) process.stderr.write('not built, for want of rolldown: slipway runs from its sources\n')
else if (!isBuilt()) await build(bundler.rolldown)
