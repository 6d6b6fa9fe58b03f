/** A download from a real file server that is cut in the middle. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { parseMirrors } from '../../../src/bundle/sources/mirrors.ts'
import { fetchExecutables } from '../../../src/bundle/sources/official-files.ts'
import { openWay } from '../../../src/bundle/sources/official-way.ts'
import { releaseFile } from '../../../src/bundle/sources/release-files.ts'
import { releasePath } from '../../../src/bundle/sources/release-store.ts'
import { type Happening, startFront } from '../../support/front-server.ts'
import { startNginx } from '../../support/nginx.ts'
import { quickPatience } from '../../support/registry-client.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { placeIn, sha256Of, versions } from '../../support/upstream.ts'

const kubelet = releaseFile('kubelet', versions, 'amd64')
const bytes = Buffer.alloc(4 << 20, 'kubelet')
const digest = `sha256:${sha256Of(bytes)}`

/** Under which name, is the downloader's business. */
const arrived = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)

test('what came before a connection was cut is not fetched again', async () => {
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
  onTestFinished(() => void vi.unstubAllEnvs())
  const folder = scratchDirectory('files')
  const file = placeIn(folder, kubelet.url)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes)
  const server = await startNginx(folder)
  const cuts: Happening[] = [{ kind: 'cut', of: 'answer', after: 1 << 20 }]
  const front = await startFront(server.origin, () => cuts.shift())
  const mirrors = parseMirrors([`dl.k8s.io=${front.origin.href}dl.k8s.io`])
  const way = await openWay({ environment: {}, mirrors, patience: quickPatience })
  onTestFinished(way.close)

  const fetching = fetchExecutables(way, [kubelet], { digestOf: () => digest, say: () => undefined })
  const target = releasePath(digest, 'kubelet')
  expect(await fetching).toEqual(new Map([['kubelet', target]]))
  expect(readFileSync(target).equals(bytes)).toBe(true)
  const path = `/dl.k8s.io${kubelet.url.pathname}`
  await expect.poll(() => server.requests().toSorted()).toEqual([`GET ${path} 200`, `GET ${path} 206`])
  expect(arrived(dirname(target))).toBe(bytes.length)
})
