/** The command is killed in the middle of a blob: no bundle is there, and the next run goes on from where it was. */
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { blobPath } from '../../../src/bundle/blobs.ts'
import { sha256 } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { pushBundle } from '../../../src/bundle/registry/push-bundle.ts'
import { parsePlace } from '../../../src/bundle/registry/reference.ts'
import { startFront } from '../../support/front-server.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { sessionTo } from '../../support/registry-client.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { slipway, startSlipway } from '../../support/slipway.ts'
import { smallBundle } from '../../support/small-bundle.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const layer = randomBytes(1_500_000).toString('hex')
const isLayer = (path: string): boolean => path.endsWith(`/blobs/${sha256(layer)}`)

/** The child has written some of it: into a file beside the one that it will be. */
const hasBegun = (): boolean => {
  const store = dirname(blobPath(sha256(layer)))
  const files = existsSync(store) ? readdirSync(store) : []
  return files.some((file) => file.endsWith('.part') && statSync(join(store, file)).size > 1_000_000)
}

const bundle = (): string =>
  smallBundle({ entries: [{ kind: 'image', name: 'registry.k8s.io/pause:3.10', layers: [layer] }] })

const creating = ({ origin }: Pick<Registry, 'origin'>, output: string): readonly string[] => [
  ...['bundle', 'create', '--source', 'registry', '--from', origin.href, '--arch', 'amd64', '-o', output],
]

test('bundle create --source registry', async () => {
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
  const registry = await startRegistry()
  const file = bundle()
  const session = await sessionTo(registry)
  const place = parsePlace(registry.origin.href)
  await pushBundle({ bundle: await openBundle(file), session, place, say: () => undefined })
  const output = join(scratchDirectory('output'), 'pulled.bundle')
  const stuck = await startFront(registry.origin, ({ path }) =>
    isLayer(path) ? { kind: 'stop', after: 2_000_000 } : undefined,
  )
  const { child, ended } = startSlipway(...creating(stuck, output))
  while (!hasBegun()) await pause(20)
  child.kill('SIGKILL')
  await ended
  expect(existsSync(output)).toBe(false)

  const ranges: (string | undefined)[] = []
  const front = await startFront(registry.origin, ({ path, headers }) => {
    if (isLayer(path)) ranges.push(headers.range)
    return undefined
  })
  expect(await slipway(...creating(front, output))).toMatchObject({ code: 0, stdout: `${output}\n` })
  expect(ranges).toEqual([expect.stringMatching(/^bytes=[1-9]\d+-$/)])
  expect(readFileSync(output)).toEqual(readFileSync(file))
})
