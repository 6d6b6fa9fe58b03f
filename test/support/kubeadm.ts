/**
 * The real kubeadm, kubectl and containerd, built from the Go modules that the bundle pins and kept in the cache: the oracles of the golden
 * tests. The first call of a version builds them, which takes minutes without a Go build cache.
 */
import { execFile } from 'node:child_process'
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

export const kubeadmBinary = (version = '1.37.1'): Promise<string> => builtFor('kubeadm', version)
export const kubectlBinary = (version = '1.37.1'): Promise<string> => builtFor('kubectl', version)

export const containerdBinary = (version = '1.37.1'): Promise<string> => builtFor('containerd', version)
export const ctrBinary = (version = '1.37.1'): Promise<string> => builtFor('ctr', version)
export const crictlBinary = (version = '1.37.1'): Promise<string> => builtFor('crictl', version)

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
