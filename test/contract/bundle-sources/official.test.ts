/** Bundles of what upstream publishes, from upstream itself (as servers on loopback that a proxy leads to) and from mirrors of it. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createBundle } from '../../../src/bundle/create.ts'
import { annotations } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { type SourceOptions, withSource } from '../../../src/bundle/sources/choose.ts'
import { releaseFile } from '../../../src/bundle/sources/release-files.ts'
import { verifyBundle } from '../../../src/bundle/verify.ts'
import { skopeo } from '../../support/registry-image.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { slipway } from '../../support/slipway.ts'
import {
  binaries,
  executableOf,
  images,
  kubernetes,
  placeIn,
  sha256Of,
  versions,
} from '../../support/upstream.ts'
import { startMirrors, startUpstream, walledOff } from '../../support/upstream-servers.ts'

const both = ['amd64', 'arm64']

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
  vi.stubEnv('XDG_CONFIG_HOME', scratchDirectory('config'))
  return () => vi.unstubAllEnvs()
})

const asked = (said: string[], options: Partial<SourceOptions>): SourceOptions => ({
  source: 'official',
  kubernetes,
  arches: ['amd64'],
  mirrors: [],
  environment: walledOff,
  say: (line) => said.push(line),
  ...options,
})

const make = (options: SourceOptions): Promise<string> =>
  withSource(options, (choice) =>
    createBundle({ ...options, ...choice, output: join(scratchDirectory('out'), 'a.bundle') }),
  )

const kubeletAt = (folder: string, arch = 'amd64'): string =>
  placeIn(folder, releaseFile('kubelet', versions, arch).url)

describe('the official source', () => {
  test('makes a whole bundle of both architectures, whose bytes are those of upstream', async () => {
    const said: string[] = []
    const { caFile, environment } = await startUpstream(both)
    const file = await make(asked(said, { arches: both, caFile, environment }))
    const bundle = await openBundle(file)
    await verifyBundle(bundle)
    expect(bundle.architectures.toSorted()).toEqual(both)
    for (const arch of both) {
      const entries = bundle.entries.filter(({ descriptor }) => descriptor.platform?.architecture === arch)
      expect(entries).toHaveLength(binaries.length + images.length)
      for (const { component, path } of binaries) {
        const entry = entries.find(({ descriptor }) => descriptor.annotations?.[annotations.path] === path)
        const digest = sha256Of(executableOf(component, arch))
        expect(entry?.descriptor.annotations?.[annotations.sha256], component).toBe(digest)
      }
    }
    const hash = sha256Of(executableOf('kubelet', 'arm64'))
    expect(said).toContain(`sha256:${hash}  https://dl.k8s.io/release/v1.37.1/bin/linux/arm64/kubelet`)
  })
})

describe('mirrors', () => {
  test('give the very bundle that upstream gives, whose images others can read', async () => {
    const { caFile, environment } = await startUpstream(['amd64'])
    const { mirrors } = await startMirrors(['amd64'])
    const official = await openBundle(await make(asked([], { caFile, environment })))
    vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
    const said: string[] = []
    const file = await make(asked(said, { source: 'mirror', mirrors }))
    const mirrored = await openBundle(file)
    await verifyBundle(mirrored)
    expect(mirrored.signed.index).toBe(official.signed.index)
    // skopeo's layouts know the OCI's kind of documents alone; containerd takes both (test/golden/containerd-imports).
    for (const { name } of images.filter((image) => image.name.startsWith('ghcr.io')))
      expect(JSON.parse(skopeo('inspect', `oci-archive:${file}:${name}`))).toMatchObject({
        Architecture: 'amd64',
      })
  })

  test('are not believed where upstream can be asked', async () => {
    const { caFile, environment } = await startUpstream(['amd64'])
    const { folder, mirrors } = await startMirrors(['amd64'])
    const other = Buffer.from('another kubelet')
    writeFileSync(kubeletAt(folder), other)
    writeFileSync(`${kubeletAt(folder)}.sha256`, sha256Of(other))
    const making = make(asked([], { source: 'mirror', mirrors, caFile, environment }))
    await expect(making).rejects.toThrow(
      new RegExp(
        `/bin/linux/amd64/kubelet is not what was published: it has sha256:${sha256Of(other)} ` +
          `instead of sha256:${sha256Of(executableOf('kubelet', 'amd64'))}`,
      ),
    )
  })

  test('that have copies of one architecture alone are told how to copy what upstream publishes', async () => {
    const { caFile, environment } = await startUpstream(both)
    const { mirrors } = await startMirrors(['amd64'])
    const making = make(asked([], { source: 'mirror', mirrors, caFile, environment }))
    await expect(making).rejects.toMatchObject({
      message: expect.stringMatching(
        /\/k8s\/pause has no sha256:\w{64}, which is what registry\.k8s\.io publishes/,
      ),
      hint: expect.stringContaining('skopeo copy --all docker://registry.k8s.io/pause@sha256:'),
    })
  })

  test('vouch for themselves where it cannot, which is said once; on the command line', async () => {
    const { files, mirrors } = await startMirrors(['amd64'])
    vi.stubEnv('HTTPS_PROXY', walledOff.HTTPS_PROXY)
    const output = join(scratchDirectory('out'), 'a.bundle')
    const flags = [...mirrors.flatMap((mirror) => ['--mirror', mirror]), '--arch', 'amd64', '-o', output]
    const ended = await slipway('bundle', 'create', '--source', 'mirror', ...flags)
    expect(ended, ended.stderr).toMatchObject({ code: 0, stdout: `${output}\n` })
    expect((await openBundle(output)).architectures).toEqual(['amd64'])
    const lines = ended.stderr.split('\n').filter((line) => line.startsWith('dl.k8s.io cannot be asked'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(`the checksums are those that ${files.origin.host} has itself`)
  })

  test('of versions that were never published say which', async () => {
    const { folder, mirrors } = await startMirrors(['amd64'])
    rmSync(`${kubeletAt(folder)}.sha256`)
    const making = make(asked([], { source: 'mirror', mirrors }))
    await expect(making).rejects.toMatchObject({
      message: expect.stringContaining('bin/linux/amd64/kubelet is not there: 127.0.0.1'),
      hint: expect.stringContaining('has not been published for this architecture'),
    })
  })
})
