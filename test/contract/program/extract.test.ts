/** Executables that have come in an image: taken out of it once it is there, checked, and never again while they are right. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ExtractStep } from '../../../src/plan/types.ts'
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

  it('fails where the image is not there', async () => {
    const host = shellHost(shell, [fakeCommands])
    const [result] = await attempt(host, [extract('x/proxy:1', bin, 'all of them')])
    expect(result).toMatchObject({ status: 'failed', detail: expect.stringContaining('proxy') })
    expect(existsSync(join(host.root, bin))).toBe(false)
  })
})
