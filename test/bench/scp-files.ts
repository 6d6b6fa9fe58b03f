/**
 * The files that somebody copies by hand: executables, units and configuration, and every image of the bundle as an archive by itself,
 * as upstream publishes them and `docker save` writes them. Takes the bundle and the folder of the script's files; adds to it.
 */
import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openBundle } from '../../src/bundle/open.ts'
import { roleContents } from '../../src/bundle/role-contents.ts'
import { arch, roles, sent } from './script-files.ts'

const run = promisify(execFile)

/** Slipway sends none: where installing is not compared, nobody else does. */
export const withoutKubeadm = async (folder: string): Promise<void> => {
  for (const role of roles) await rm(join(folder, role, 'usr/bin/kubeadm'))
}

/** Docker's archives hold layers as they are unpacked. */
const archive = async (image: string, name: string, file: string): Promise<void> => {
  const unpacked = `${file}.unpacked`
  await run('skopeo', ['copy', '--quiet', '--dest-decompress', image, `dir:${unpacked}`])
  await run('skopeo', ['copy', '--quiet', `dir:${unpacked}`, `docker-archive:${file}:${name}`])
  await rm(unpacked, { recursive: true })
}

export const scpFiles = async (bundleFile: string, folder: string): Promise<void> => {
  for (const role of roles)
    await run('tar', ['-C', join(folder, role), '-cf', join(folder, `${role}.tar`), '.'])
  await mkdir(join(folder, 'images'))
  const { images } = roleContents(sent(await openBundle(bundleFile)), 'control-plane', arch).images
  for (const { name } of images) {
    const file = join(folder, 'images', `${name.replace(/\W+/g, '-')}.tar`)
    await archive(`oci-archive:${bundleFile}:${name}`, name, file)
  }
}
