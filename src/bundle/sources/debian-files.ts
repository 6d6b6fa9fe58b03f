/**
 * The files of Debian packages, for any architecture. Takes a name for the set, packages and the architecture; gives a folder in the
 * cache with them unpacked. This machine's own packages and package lists stay as they are.
 */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheDirectory } from '../../constants.ts'
import { runTool } from '../run-tool.ts'
import type { Say } from '../say.ts'
import { machineArch } from './machine-arch.ts'

const hint = 'the go source needs Debian or Ubuntu, and an `apt-get update` that is not too old'

/** apt for another architecture, with lists of its own: dpkg need not be told of that architecture for good. */
const foreignApt = async (arch: string): Promise<readonly string[]> => {
  const folder = join(cacheDirectory(), 'apt', arch)
  const [state, cache] = [join(folder, 'state'), join(folder, 'cache')]
  await mkdir(join(state, 'lists/partial'), { recursive: true })
  await mkdir(join(cache, 'archives/partial'), { recursive: true })
  const settings = [
    `APT::Architecture=${arch}`,
    `APT::Architectures=${arch}`,
    `Dir::State=${state}`,
    'Dir::State::status=/dev/null',
    `Dir::Cache=${cache}`,
    // Lists are not read as its own user in a folder that may be inside a home.
    'APT::Sandbox::User=root',
  ].flatMap((setting) => ['-o', setting])
  await runTool('apt-get', [...settings, 'update', '-q'], { hint })
  return settings
}

/** A note a package, where images without a dpkg of their own have them: scanners look there, and the bill of materials does. */
const notePackages = async (debs: string, root: string): Promise<void> => {
  const notes = join(root, 'var/lib/dpkg/status.d')
  await mkdir(notes, { recursive: true })
  for (const deb of (await readdir(debs)).filter((file) => file.endsWith('.deb'))) {
    const fields = ['Package', 'Source', 'Version', 'Architecture']
    const note = await runTool('dpkg-deb', ['--field', join(debs, deb), ...fields])
    await writeFile(join(notes, /^[^_]+/.exec(deb)?.[0] ?? deb), note)
  }
}

export const debianFiles = async (
  name: string,
  packages: readonly string[],
  arch: string,
  say: Say,
  finish: (root: string) => Promise<void> = async () => {},
): Promise<string> => {
  const components = join(cacheDirectory(), 'components')
  const folder = join(components, `${name}-${arch}`)
  if (existsSync(folder)) return folder
  await mkdir(components, { recursive: true })
  const work = await mkdtemp(join(components, `.${name}-`))
  try {
    const settings = arch === machineArch ? [] : await foreignApt(arch)
    await runTool('apt-get', [...settings, 'download', ...packages], { cwd: work, hint })
    const root = join(work, 'root')
    for (const deb of (await readdir(work)).filter((file) => file.endsWith('.deb')))
      await runTool('dpkg-deb', ['-x', join(work, deb), root])
    await finish(root)
    await notePackages(work, root)
    await rename(root, folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  say(`unpacked ${packages.length} packages of Debian's for ${arch}`)
  return folder
}
