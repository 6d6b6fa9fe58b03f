/**
 * The real kubeadm, kubectl and containerd, built from the Go modules that the bundle pins and kept in the cache: the oracles of the golden
 * tests. All but kubeadm are executables of the bundle itself, which is called by many names.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { versionsOf } from '../../src/bundle/catalog.ts'
import { buildGo, goVersion } from '../../src/bundle/sources/go.ts'
import { goRecipes } from '../../src/bundle/sources/go-recipes.ts'

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

const builtFor = async (component: string, version: string): Promise<string> => {
  const recipe = goRecipes(versionsOf(version)).find((each) => each.component === component)
  const arch = architectures[process.arch]
  if (!recipe || !arch) throw new Error(`no recipe of ${component} for ${process.arch}`)
  return buildGo(recipe, arch, await goVersion(), (line) => process.stderr.write(`${line}\n`))
}

/** Another name of an executable, by which it knows what it is to do. */
const called = async (name: string, executable: Promise<string>): Promise<string> => {
  const file = await executable
  const link = join(dirname(file), name)
  // Test files that run at the same time may both make it.
  await symlink(basename(file), link).catch((error: unknown) => {
    if (!existsSync(link)) throw error
  })
  return link
}

export const kubeadmBinary = (): Promise<string> => builtFor('kubeadm', '1.37.1')
export const kubectlBinary = (): Promise<string> => called('kubectl', builtFor('hyperkube', '1.37.1'))

export const containerdBinary = (): Promise<string> =>
  called('containerd', builtFor('containerd-ctr', '1.37.1'))
export const ctrBinary = (): Promise<string> => called('ctr', builtFor('containerd-ctr', '1.37.1'))
export const crictlBinary = (): Promise<string> => builtFor('crictl', '1.37.1')

const execute = promisify(execFile)

export type ToolOutput = { readonly stdout: string; readonly stderr: string }

/** Runs one of them with nothing of the caller's environment that could point it at a cluster. */
export const runOracle = (
  binary: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ToolOutput> =>
  execute(binary, [...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...environment },
    maxBuffer: 32 * 1024 * 1024,
  })
