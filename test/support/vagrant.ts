/**
 * Vagrant with its docker provider, for an end-to-end file. Takes a folder; gives machines that are up and the cluster file
 * that "vagrant up" wrote for them. The folder is a copy of vagrant/ on a network of its own.
 */
import { cp, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ensureImage } from '../../src/lab/image.ts'
import { freeSubnets, usedSubnets } from '../../src/lab/network.ts'
import { preparePrerequisites } from '../../src/lab/prerequisites.ts'
import { tryCommand } from '../../src/lab/run-command.ts'

const source = join(import.meta.dirname, '../../vagrant')
/** Made by Vagrant in the checkout, where somebody may be using it. */
const generated = ['.vagrant', 'cluster.yaml', 'known_hosts']

/** Copies vagrant/ to a folder that does not exist yet, with a network that is free on this machine. */
export const copyVagrantFolder = async (directory: string): Promise<void> => {
  await cp(source, directory, { recursive: true, filter: (path) => !generated.includes(basename(path)) })
  const [subnet = ''] = freeSubnets(directory, await usedSubnets())
  const file = join(directory, 'lab.yaml')
  const settings = await readFile(file, 'utf8')
  await writeFile(file, settings.replace(/^network: .*$/m, `network: ${subnet.replace('.0/24', '')}`))
}

/** Gives the path of the cluster file. */
export const vagrantUp = async (directory: string): Promise<string> => {
  await preparePrerequisites(['hosts', 'vagrant'], progress)
  await ensureImage(progress)
  await vagrant(directory, 'up', '--provider', 'docker')
  return join(directory, 'cluster.yaml')
}

/** Also for machines that came up only half. */
export const vagrantDestroy = (directory: string): Promise<string> => vagrant(directory, 'destroy', '--force')

/** The folder's own settings say which provider, network and key; Vagrant's home is kept apart from the user's. */
export const vagrant = async (directory: string, ...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await tryCommand(['vagrant', ...args], {
    cwd: directory,
    env: { VAGRANT_HOME: join(directory, '.vagrant', 'home'), VAGRANT_CHECKPOINT_DISABLE: '1' },
  })
  if (code === 0) return stdout
  throw new Error(`vagrant ${args.join(' ')} failed (${code}):\n${stdout}\n${stderr}`)
}

const progress = (line: string): void => {
  process.stderr.write(`vagrant: ${line}\n`)
}
