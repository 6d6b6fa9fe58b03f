/** Where kubectl looks, and how such a file is written. */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  backupOf,
  kubectlFiles,
  readKubeconfigFiles,
  replaceKubeconfig,
  writeKubeconfig,
} from '../../../src/pki/kubeconfig-files.ts'
import { scratchDirectory } from '../../support/scratch.ts'

it.each([
  [undefined, ['/home/ann/.kube/config']],
  ['', ['/home/ann/.kube/config']],
  ['/a', ['/a']],
  ['/a:/b:/a', ['/a', '/b']],
  [':/b:', ['/b']],
])('KUBECONFIG=%j', (variable, expected) => {
  expect(kubectlFiles(variable, '/home/ann')).toEqual(expected)
})

describe('writing', () => {
  it('keeps what was there beside it, both closed to others', async () => {
    const folder = join(scratchDirectory('kubeconfig'), 'deep')
    const path = join(folder, 'config')
    await replaceKubeconfig(path, 'first')
    expect(readdirSync(folder)).toEqual(['config'])
    writeFileSync(path, 'theirs')
    chmodSync(path, 0o644)
    await replaceKubeconfig(path, 'ours')
    expect(readFileSync(path, 'utf8')).toBe('ours')
    expect(readFileSync(backupOf(path), 'utf8')).toBe('theirs')
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  })

  it('goes through a link, which stays one', async () => {
    const folder = scratchDirectory('kubeconfig')
    const [link, file] = [join(folder, 'config'), join(folder, 'real')]
    writeFileSync(file, 'theirs')
    symlinkSync('real', link)
    await replaceKubeconfig(link, 'ours')
    expect(readlinkSync(link)).toBe('real')
    expect([readFileSync(file, 'utf8'), readFileSync(backupOf(file), 'utf8')]).toEqual(['ours', 'theirs'])
  })

  it('that cannot be is the user’s to mend, with the path', async () => {
    const folder = scratchDirectory('kubeconfig')
    mkdirSync(join(folder, 'config'))
    const path = join(folder, 'config')
    await expect(writeKubeconfig(path, 'ours')).rejects.toThrow(`cannot write the kubeconfig ${path}: E`)
    await expect(readKubeconfigFiles([path])).rejects.toThrow(`cannot read the kubeconfig ${path}: EISDIR`)
    expect(readdirSync(folder)).toEqual(['config'])
  })
})
