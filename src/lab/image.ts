/**
 * The image that lab hosts are made of. Takes the recipe; gives the name of an image that podman has. It is built once with
 * debootstrap, kept as a tar in the cache directory under the hash of its recipe, and imported wherever podman has lost it.
 */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { arch } from 'node:os'
import { dirname, join } from 'node:path'
import { cacheDirectory } from '../constants.ts'
import { files, packages, recipeHash, release, setup } from './image-recipe.ts'
import { podman, tryPodman } from './podman.ts'
import { runCommand, tryCommand } from './run-command.ts'
import type { Say } from './types.ts'

const repository = 'localhost/slipway-lab-host'

/** The image of this recipe, by its exact name. */
export const imageName = (): string => `${repository}:${recipeHash(arch())}`

/** Makes sure that podman has the image; also tags it `:latest`, the name that the Vagrantfile uses. */
export const ensureImage = async (say: Say): Promise<string> => {
  const name = imageName()
  if ((await tryPodman('image', 'exists', name)).code === 0) return name
  const tar = join(cacheDirectory(), 'lab-images', `${recipeHash(arch())}.tar`)
  if (!existsSync(tar)) await buildImage(tar, say)
  say('importing the lab host image into podman')
  await podman('import', '--change', 'CMD ["/sbin/init"]', tar, name)
  await podman('tag', name, `${repository}:latest`)
  return name
}

const buildImage = async (tar: string, say: Say): Promise<void> => {
  say(`building the lab host image: Debian ${release} with systemd and sshd (about a minute, once)`)
  await mkdir(dirname(tar), { recursive: true })
  const work = await mkdtemp(`${tar}.building-`)
  try {
    const root = join(work, 'root')
    await bootstrap(root)
    await configure(root)
    const archive = join(work, 'image.tar')
    // With extended attributes: file capabilities, such as ping's, are among them.
    await runCommand(['tar', '--xattrs', '--xattrs-include=*', '-cf', archive, '--directory', root, '.'])
    await rename(archive, tar)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** In a mount namespace of its own: what debootstrap mounts inside the root disappears with it, however it ends. */
const bootstrap = async (root: string): Promise<void> => {
  const include = `--include=${packages.join(',')}`
  const debootstrap = ['debootstrap', '--variant=minbase', include, release, root, await debianMirror()]
  await runCommand(['unshare', '--mount', '--propagation', 'private', ...debootstrap], {
    title: 'debootstrap',
    env: { DEBIAN_FRONTEND: 'noninteractive', ...(await aptProxy()) },
  })
}

const configure = async (root: string): Promise<void> => {
  for (const file of files) {
    await mkdir(join(root, dirname(file.path)), { recursive: true })
    await writeFile(join(root, file.path), file.content, { mode: file.mode })
  }
  await runCommand(['chroot', root, 'sh', '-eu'], { input: setup, title: 'setting up the lab host image' })
}

/** The mirror that this machine's own apt uses for that release; Debian's where it uses none (Ubuntu). */
const debianMirror = async (): Promise<string> => {
  const query = ['--format', '$(REPO_URI)', 'Created-By: Packages', `Codename: ${release}`, 'Origin: Debian']
  const { stdout } = await tryCommand(['apt-get', 'indextargets', ...query])
  return stdout.split('\n')[0] || 'http://deb.debian.org/debian'
}

/** debootstrap downloads with wget, which does not know apt's own proxy setting. */
const aptProxy = async (): Promise<Record<string, string>> => {
  const { stdout } = await tryCommand(['apt-config', 'shell', 'proxy', 'Acquire::http::Proxy'])
  const proxy = /^proxy='(http.*)'$/m.exec(stdout)?.[1]
  return proxy === undefined ? {} : { http_proxy: proxy }
}
