/** Executables that have come in an image: taken out of it once it is there, checked, and never again while they are right. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { ExtractStep, ImportStep, Step } from '../../../src/plan/types.ts'
import { fakeCommands } from '../../support/fake-commands.ts'
import { attempt, statuses } from '../../support/programs.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'

const extract = (image: string, path: string, content: string): ExtractStep => ({
  kind: 'extract',
  id: path,
  title: `Install ${path}`,
  path,
  mode: 0o755,
  sha256: createHash('sha256').update(content).digest('hex'),
  size: content.length,
  image,
})

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`

const put = (file: string, content: string): void => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

const imageHas = (host: ShellHost, image: string, path: string, content: string): void =>
  put(join(host.root, 'containerd/roots', image, path), content)

const mounts = (host: ShellHost): readonly string[] => {
  const file = join(host.root, 'containerd/mounts')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
}

const [bin, cni] = ['/usr/local/bin/hyperkube', '/opt/cni/bin/bridge']

describe.each(shells)('%s', (shell) => {
  it('takes them out of each image in one look, and looks no more when they are there', async () => {
    const host = shellHost(shell, [fakeCommands])
    const steps = [
      extract('x/tools:1', cni, 'bridge'),
      extract('x/tools:1', `${cni}2`, 'another'),
      extract('x/proxy:1', bin, 'all of them'),
    ]
    imageHas(host, 'x/tools:1', cni, 'bridge')
    imageHas(host, 'x/tools:1', `${cni}2`, 'another')
    imageHas(host, 'x/proxy:1', bin, 'all of them')
    expect(statuses(await attempt(host, steps, { mode: 'check' }))).toEqual(Array(3).fill('pending'))
    expect(mounts(host)).toEqual([])
    expect(statuses(await attempt(host, steps))).toEqual(Array(3).fill('changed'))
    expect(readFileSync(join(host.root, bin), 'utf8')).toBe('all of them')
    expect(statSync(join(host.root, bin)).mode & 0o777).toBe(0o755)
    const twice = ['mount', 'unmount --rm', 'mount', 'unmount --rm']
    expect(mounts(host)).toEqual(twice)
    expect(statuses(await attempt(host, steps))).toEqual(Array(3).fill('unchanged'))
    expect(mounts(host)).toEqual(twice)
  })

  it('installs nothing but what the bundle promises, and lets the image go', async () => {
    const host = shellHost(shell, [fakeCommands])
    imageHas(host, 'x/proxy:1', bin, 'something else')
    const [result] = await attempt(host, [extract('x/proxy:1', bin, 'all of them')])
    expect(result).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('not hold what the bundle promises'),
    })
    expect(existsSync(join(host.root, bin))).toBe(false)
    expect(mounts(host)).toEqual(['mount', 'unmount --rm'])
  })

  /** The import's own blobs say nothing here: what is in an image is where `imageHas` puts it. */
  it.each([
    ['of an image that came just now, not hashed again', [], 'ALL OF THEM', 'changed'],
    ['of another length', [], 'all', 'failed'],
    ['of an image that was there in part', ['layer'], 'ALL OF THEM', 'failed'],
  ])('%s', async (_what, before, content, status) => {
    const host = shellHost(shell, [fakeCommands])
    const read = (digest: string) => Readable.from([Buffer.from(blobs.get(digest) ?? '')])
    const blobs = new Map(['layer', 'manifest'].map((text) => [sha256(text), text]))
    const importing = (texts: readonly string[]): ImportStep => ({
      kind: 'import',
      id: `images ${texts.length}`,
      title: 'Import the images',
      images: texts.map((text) => ({ name: `x/${text}`, digest: sha256(text) })),
      blobs: texts.map((text) => ({ digest: sha256(text), size: text.length })),
      index: JSON.stringify({
        schemaVersion: 2,
        manifests: texts.map((text) => ({
          digest: sha256(text),
          size: text.length,
          annotations: { 'io.containerd.image.name': `x/${text}` },
        })),
      }),
    })
    const run = async (...steps: readonly Step[]) =>
      attempt(host, steps, { payload: await attempt(host, steps, { mode: 'check' }), blobs: { read } })
    if (before.length > 0) await run(importing(before))
    imageHas(host, 'x/proxy:1', bin, content)
    const results = await run(importing(['layer', 'manifest']), extract('x/proxy:1', bin, 'all of them'))
    expect(results).toMatchObject([{ status: 'changed' }, { status }])
  })

  it('fails where the image is not there', async () => {
    const host = shellHost(shell, [fakeCommands])
    const [result] = await attempt(host, [extract('x/proxy:1', bin, 'all of them')])
    expect(result).toMatchObject({ status: 'failed', detail: expect.stringContaining('proxy') })
    expect(existsSync(join(host.root, bin))).toBe(false)
  })
})
